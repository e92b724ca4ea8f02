using System.Collections.Immutable;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Journal;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>Carries out <see cref="EdgeMachine"/>: one mailbox, one loop; starts workers on the daemon's sockets, drains them, and remembers the one that serves.</summary>
internal sealed class EdgeKeeper : IAsyncDisposable
{
    /// <summary>How long a worker that is replaced keeps calls: as long as a service itself may (the most that CALL_DRAIN can be).</summary>
    public static readonly TimeSpan CallDrain = TimeSpan.FromHours(4);

    private readonly IJournal _journal;
    private readonly EdgeSockets _sockets;
    private readonly TimeProvider _clock;
    private readonly ILogger<EdgeKeeper> _logger;
    private readonly EdgeWorkers _workers;
    private readonly Channel<EdgeEvent> _mailbox = Channel.CreateBounded<EdgeEvent>(new BoundedChannelOptions(256) { SingleReader = true });
    private readonly Lock _gate = new();
    private readonly List<(Func<EdgeState, bool?> Decided, TaskCompletionSource<bool> Done)> _watchers = [];
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;

    public EdgeKeeper(HomeLayout home, IJournal journal, IEdgeLauncher launcher, EdgeSockets sockets, TimeProvider clock, ILogger<EdgeKeeper> logger)
    {
        (_journal, _sockets, _clock, _logger) = (journal, sockets, clock, logger);
        Counts = new(clock);
        _workers = new(home, launcher, sockets, Counts, clock, logger, Post);
    }

    public EdgeState State { get; private set; } = EdgeState.Initial;

    public string Because { get; private set; } = "the stack declares no edge";

    /// <summary>What all workers have counted.</summary>
    public EdgeSums Counts { get; }

    /// <summary>What the newest worker was given to listen on.</summary>
    public ImmutableArray<string> ServedAddresses => _workers.ServedAddresses;

    public TimeSpan WsDrain { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Finds the worker of an earlier daemon again, with its sockets, and starts the loop.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        var adopted = await _workers.AdoptAsync(EdgeRecord.Read(_journal), token);
        _loop = RunAsync();
        if (adopted is { } worker)
        {
            Post(new(EdgeEventKind.Adopted, worker, _clock.GetUtcNow()));
        }
    }

    public void Want(bool wanted) => Post(new(wanted ? EdgeEventKind.Wanted : EdgeEventKind.Unwanted));

    /// <summary>Puts a new worker in the place of the one that serves. False when the new one did not come to serve; the old one then stays.</summary>
    public Task<bool> ReplaceAsync()
    {
        var before = State.LastWorker;
        var done = WatchAsync(s => s switch
        {
            { Phase: EdgePhase.Running } when s.Current > before => true,
            { Phase: EdgePhase.Running, LastWorker: var last } when last > before => false,
            { Phase: EdgePhase.Backoff or EdgePhase.Absent } when s.LastWorker > before => false,
            _ => null,
        });
        Post(new(EdgeEventKind.ReplaceAsked));
        return done;
    }

    /// <summary>Completes with true once a worker serves, with false when starts keep failing.</summary>
    public Task<bool> ServingAsync() => WatchAsync(s => s.Phase switch
    {
        EdgePhase.Running or EdgePhase.Replacing => true,
        EdgePhase.Backoff when s.Failures >= 3 => false,
        _ => null,
    });

    public Task GoneAsync() => WatchAsync(s => s.Phase is EdgePhase.Absent && _workers.All().IsEmpty ? true : null);

    public ImmutableArray<EdgeLink> Offer(EdgeSnapshot snapshot)
    {
        Counts.Present(snapshot);
        return _workers.Offer(snapshot);
    }

    public ImmutableArray<EdgeLink> Links() => [.. _workers.All().Select(w => w.Link)];

    public EdgeStatus Status()
    {
        var current = _workers.Find(State.Current) ?? _workers.Find(State.Successor);
        var state = State.Phase switch
        {
            EdgePhase.Absent => "none",
            EdgePhase.Starting => "starting",
            EdgePhase.Running or EdgePhase.Replacing => "running",
            EdgePhase.Backoff => "restarting",
        };
        return new(current?.Process.Identity.Pid, state, _sockets.Addresses, Because);
    }

    /// <summary>Leaves the workers running: the next daemon finds them again.</summary>
    public async ValueTask DisposeAsync()
    {
        _mailbox.Writer.TryComplete();
        await _loop;
        await _workers.DisposeAsync();
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }
    }

    private async Task RunAsync()
    {
        await foreach (var e in _mailbox.Reader.ReadAllAsync())
        {
            var transition = EdgeMachine.Next(State, e, _clock.GetUtcNow());
            if (transition.Next != State)
            {
                _logger.EdgeMoved(State.Phase, transition.Next.Phase, transition.Because);
                Because = transition.Because;
            }

            State = transition.Next;
            try
            {
                foreach (var effect in transition.Effects)
                {
                    Carry(effect);
                }

                Remember();
            }
            catch (Exception fault)
            {
                // One event that goes wrong must not leave the edge without anybody who looks after it.
                _logger.EdgeEventFailed(e.Kind, e.Worker, fault);
            }

            Tell();
        }
    }

    private void Carry(EdgeEffect effect)
    {
        switch (effect)
        {
            case EdgeEffect.Spawn(var worker):
                _workers.Spawn(worker, () => State.Successor == worker);
                break;
            case EdgeEffect.Drain(var worker):
                _ = _workers.DrainAsync(worker, DrainNow());
                break;
            case EdgeEffect.ArmTimer(var delay):
                _timer?.Dispose();
                _timer = _clock.CreateTimer(_ => Post(new(EdgeEventKind.TimerFired)), null, delay, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    /// <summary>When everything goes down there is nobody left to answer: waiting for idle connections would only delay it.</summary>
    private EdgeDrain DrainNow() => State.Phase is EdgePhase.Absent
        ? new(IdleGraceS: 0, DrainTimeoutS: 5, WsDrainS: 0)
        : new(IdleGraceS: 5, DrainTimeoutS: 30, WsDrain.TotalSeconds, CallDrain.TotalSeconds);

    private void Remember()
    {
        if (_workers.Find(State.Current) is { } current)
        {
            EdgeRecord.Write(_journal, new(current.Number, current.Process.Identity.Pid, current.Process.Identity.StartTicks), _logger);
        }
        else if (State.Phase is EdgePhase.Absent)
        {
            EdgeRecord.Write(_journal, null, _logger);
        }
    }

    private void Post(EdgeEvent e) => _mailbox.Writer.TryWrite(e);

    private Task<bool> WatchAsync(Func<EdgeState, bool?> decided)
    {
        lock (_gate)
        {
            var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _watchers.Add((decided, done));
            Post(new(EdgeEventKind.Polled));
            return done.Task;
        }
    }

    private void Tell()
    {
        lock (_gate)
        {
            _watchers.RemoveAll(w => w.Decided(State) is { } answer && w.Done.TrySetResult(answer));
        }
    }
}
