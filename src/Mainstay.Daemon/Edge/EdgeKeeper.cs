using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Journal;
using Mainstay.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>Carries out <see cref="EdgeMachine"/>: one mailbox, one loop; starts workers on the daemon's sockets, drains them, and remembers the one that serves.</summary>
internal sealed class EdgeKeeper(HomeLayout home, IJournal journal, IEdgeLauncher launcher, EdgeSockets sockets, TimeProvider clock, ILogger<EdgeKeeper> logger) : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private readonly Channel<EdgeEvent> _mailbox = Channel.CreateBounded<EdgeEvent>(new BoundedChannelOptions(256) { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, EdgeWorker> _workers = [];
    private readonly List<(Func<EdgeState, bool?> Decided, TaskCompletionSource<bool> Done)> _watchers = [];
    private EdgeSnapshot? _snapshot;
    private ITimer? _timer;
    private Task _loop = Task.CompletedTask;

    public EdgeState State { get; private set; } = EdgeState.Initial;

    public string Because { get; private set; } = "the stack declares no edge";

    /// <summary>What the newest worker was given to listen on.</summary>
    public ImmutableArray<string> ServedAddresses { get; private set; } = [];

    public TimeSpan WsDrain { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Finds the worker of an earlier daemon again, with its sockets, and starts the loop.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        var adopted = EdgeRecord.Read(journal) is { } record ? await AdoptAsync(record, token) : null;
        _loop = RunAsync();
        if (adopted is { } worker)
        {
            Post(new(EdgeEventKind.Adopted, worker, clock.GetUtcNow()));
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

    public Task GoneAsync() => WatchAsync(s => s.Phase is EdgePhase.Absent && Workers().IsEmpty ? true : null);

    /// <summary>Every worker gets the snapshot, also one that drains: its open connections may still bring requests.</summary>
    public ImmutableArray<EdgeLink> Offer(EdgeSnapshot snapshot)
    {
        lock (_gate)
        {
            _snapshot = snapshot;
        }

        var links = Workers().Select(w => w.Link).ToImmutableArray();
        foreach (var link in links)
        {
            link.Offer(snapshot);
        }

        return links;
    }

    public ImmutableArray<EdgeLink> Links() => [.. Workers().Select(w => w.Link)];

    public EdgeStatus Status()
    {
        var current = Workers().FirstOrDefault(w => w.Number == State.Current) ?? Workers().FirstOrDefault(w => w.Number == State.Successor);
        var state = State.Phase switch
        {
            EdgePhase.Absent => "none",
            EdgePhase.Starting => "starting",
            EdgePhase.Running or EdgePhase.Replacing => "running",
            EdgePhase.Backoff => "restarting",
        };
        return new(current?.Process.Identity.Pid, state, sockets.Addresses, Because);
    }

    /// <summary>Leaves the workers running: the next daemon finds them again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _mailbox.Writer.TryComplete();
        await _loop;
        foreach (var worker in Workers())
        {
            await worker.Link.DisposeAsync();
        }

        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var e in _mailbox.Reader.ReadAllAsync())
        {
            var transition = EdgeMachine.Next(State, e, clock.GetUtcNow());
            if (transition.Next != State)
            {
                logger.EdgeMoved(State.Phase, transition.Next.Phase, transition.Because);
                Because = transition.Because;
            }

            State = transition.Next;
            foreach (var effect in transition.Effects)
            {
                Carry(effect);
            }

            Remember();
            Tell();
        }
    }

    private void Carry(EdgeEffect effect)
    {
        switch (effect)
        {
            case EdgeEffect.Spawn(var worker):
                Spawn(worker);
                break;
            case EdgeEffect.Drain(var worker):
                _ = DrainAsync(worker);
                break;
            case EdgeEffect.ArmTimer(var delay):
                _timer?.Dispose();
                _timer = clock.CreateTimer(_ => Post(new(EdgeEventKind.TimerFired)), null, delay, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    private void Spawn(int number)
    {
        try
        {
            ServedAddresses = sockets.Addresses;
            var process = launcher.Launch(number, home.EdgeSocket(number), sockets.Descriptors);
            Add(number, process);
            _ = KillUnlessServingAsync(number, process);
        }
        catch (EdgeLaunchException e)
        {
            logger.EdgeSpawnFailed(number, e.Message);
            Post(new(EdgeEventKind.Exited, number));
        }
    }

    private void Add(int number, IEdgeProcess process)
    {
        var link = new EdgeLink(number, home.EdgeSocket(number), clock, logger);
        lock (_gate)
        {
            _workers[number] = new(number, process, link);
            if (_snapshot is { } snapshot)
            {
                link.Offer(snapshot);
            }
        }

        link.Start(() => Post(new(EdgeEventKind.Serving, number, clock.GetUtcNow())));
        _ = WatchExitAsync(number, process, link);
    }

    private async Task WatchExitAsync(int number, IEdgeProcess process, EdgeLink link)
    {
        await process.Exited;
        await link.DisposeAsync();
        lock (_gate)
        {
            _workers.Remove(number);
        }

        process.Dispose();
        File.Delete(home.EdgeSocket(number));
        Post(new(EdgeEventKind.Exited, number));
    }

    private async Task KillUnlessServingAsync(int number, IEdgeProcess process)
    {
        try
        {
            await process.Exited.WaitAsync(StartDeadline, clock, _closing.Token);
        }
        catch (TimeoutException) when (State.Successor == number)
        {
            logger.EdgeStartTimedOut(number, StartDeadline.TotalSeconds);
            process.Kill();
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // It serves, or this daemon goes away: either way it is not ours to kill.
        }
    }

    private async Task DrainAsync(int number)
    {
        if (Workers().FirstOrDefault(w => w.Number == number) is not { } worker)
        {
            return;
        }

        // When everything goes down there is nobody left to answer: waiting for idle connections would only delay it.
        var drain = State.Phase is EdgePhase.Absent
            ? new EdgeDrain(IdleGraceS: 0, DrainTimeoutS: 5, WsDrainS: 0)
            : new EdgeDrain(IdleGraceS: 5, DrainTimeoutS: 30, WsDrain.TotalSeconds);
        worker.Link.OfferDrain(drain);
        try
        {
            await worker.Process.Exited.WaitAsync(TimeSpan.FromSeconds(drain.IdleGraceS + drain.DrainTimeoutS + drain.WsDrainS + 10), clock, _closing.Token);
        }
        catch (TimeoutException)
        {
            logger.EdgeDrainTimedOut(number);
            worker.Process.Kill();
        }
        catch (OperationCanceledException)
        {
            // The worker ends by its own deadlines; the next daemon need not know of it.
        }
    }

    private async Task<int?> AdoptAsync(EdgeRecord record, CancellationToken token)
    {
        if (launcher.Adopt(record) is not { } process)
        {
            return null;
        }

        try
        {
            foreach (var (address, socket) in await EdgeHandOverClient.TakeAsync(home.EdgeSocket(record.Worker), clock, token))
            {
                sockets.Take(address, socket);
            }
        }
        catch (Exception e) when (e is LinuxException or InvalidDataException or JsonException or SocketException or TimeoutException)
        {
            // Without the sockets we could not replace this worker later. A new one on new sockets is the honest way.
            logger.EdgeHandOverFailed(e.Message);
            process.Kill();
            return null;
        }

        ServedAddresses = sockets.Addresses;
        Add(record.Worker, process);
        return record.Worker;
    }

    private void Remember()
    {
        if (Workers().FirstOrDefault(w => w.Number == State.Current) is { } current)
        {
            EdgeRecord.Write(journal, new(current.Number, current.Process.Identity.Pid, current.Process.Identity.StartTicks), logger);
        }
        else if (State.Phase is EdgePhase.Absent)
        {
            EdgeRecord.Write(journal, null, logger);
        }
    }

    private void Post(EdgeEvent e) => _mailbox.Writer.TryWrite(e);

    private ImmutableArray<EdgeWorker> Workers()
    {
        lock (_gate)
        {
            return [.. _workers.Values];
        }
    }

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

    private sealed record EdgeWorker(int Number, IEdgeProcess Process, EdgeLink Link);
}
