using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Supervisor.Ports;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>
/// One worker as the daemon talks to it: keeps the connection, sends it the newest snapshot (older unsent ones are skipped),
/// and knows which version it applied and what still runs on draining instances.
/// </summary>
internal sealed class EdgeLink(int worker, string socketPath, EdgeSums counts, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();

    // Holds at most one wish to send: what is sent is always the newest.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly List<(long Version, TaskCompletionSource Done)> _appliedWaiters = [];
    private readonly List<(string Instance, TaskCompletionSource Done)> _idleWaiters = [];
    private readonly Dictionary<string, EdgeInFlight> _inFlight = new(StringComparer.Ordinal);
    private EdgeSnapshot? _newest;
    private EdgeDrain? _drain;
    private long _sent;
    private bool _drainSent;
    private Task _running = Task.CompletedTask;

    public int Worker { get; } = worker;

    public bool Connected { get; private set; }

    public long Applied { get; private set; }

    /// <summary>Called once, when the worker first decides by a snapshot of ours.</summary>
    public void Start(Action serving) => _running = RunAsync(serving, _closing.Token);

    public void Offer(EdgeSnapshot snapshot)
    {
        var known = snapshot.Services.SelectMany(s => s.Instances).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        lock (_gate)
        {
            _newest = snapshot;
            foreach (var gone in _inFlight.Keys.Where(id => !known.Contains(id)).ToArray())
            {
                _inFlight.Remove(gone);
            }
        }

        _wake.Writer.TryWrite(true);
    }

    public void OfferDrain(EdgeDrain drain)
    {
        lock (_gate)
        {
            _drain = drain;
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Completes when the worker applied the version, or when the connection is lost: a worker that comes back gets the newest snapshot first.</summary>
    public Task AppliedAsync(long version)
    {
        lock (_gate)
        {
            if (!Connected || Applied >= version)
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _appliedWaiters.Add((version, done));
            return done.Task;
        }
    }

    /// <summary>Completes when the worker has hung up and everything it said has been heard.</summary>
    public Task LostAsync() => AppliedAsync(long.MaxValue);

    /// <summary>Completes when nothing runs on the instance any more, or when the connection is lost.</summary>
    public Task IdleAsync(string instance)
    {
        lock (_gate)
        {
            if (!Connected || (_inFlight.TryGetValue(instance, out var now) && now is { Requests: 0, WebSockets: 0 }))
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _idleWaiters.Add((instance, done));
            return done.Task;
        }
    }

    public DrainOutcome Left(string instance)
    {
        lock (_gate)
        {
            return _inFlight.TryGetValue(instance, out var now)
                ? new(now is { Requests: 0, WebSockets: 0 }, now.Requests, now.WebSockets)
                : new(!Connected, 0, 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }

    private async Task RunAsync(Action serving, CancellationToken token)
    {
        var served = false;
        while (!token.IsCancellationRequested)
        {
            try
            {
                // A worker renames its socket into place once it listens; asking earlier would only throw, and loading what an exception needs costs a megabyte.
                while (!File.Exists(socketPath))
                {
                    await Task.Delay(RetryDelay, clock, token);
                }

                await using var connection = await EdgeConnection.ConnectAsync(socketPath, token);
                using var session = CancellationTokenSource.CreateLinkedTokenSource(token);
                var sending = SendAsync(connection, session.Token);
                try
                {
                    await foreach (var report in connection.ReportsAsync(token))
                    {
                        Take(report);
                        if (!served && report.Applied is not null)
                        {
                            served = true;
                            serving();
                        }
                    }
                }
                finally
                {
                    await session.CancelAsync();
                    await sending;
                }
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException or JsonException)
            {
                if (Connected)
                {
                    logger.EdgeConnectionLost(Worker, e.Message);
                }
            }

            Lose();
            try
            {
                await Task.Delay(RetryDelay, clock, token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SendAsync(EdgeConnection connection, CancellationToken token)
    {
        try
        {
            lock (_gate)
            {
                (_sent, _drainSent) = (-1, false);
            }

            do
            {
                EdgeSnapshot? snapshot;
                EdgeDrain? drain;
                lock (_gate)
                {
                    snapshot = _newest is { } newest && newest.Version > _sent ? newest : null;
                    drain = _drainSent ? null : _drain;
                    _sent = snapshot?.Version ?? _sent;
                    _drainSent |= drain is not null;
                }

                if (snapshot is not null)
                {
                    await connection.SendAsync(new EdgeCommand(Snapshot: snapshot), token);
                }

                if (drain is not null)
                {
                    await connection.SendAsync(new EdgeCommand(Drain: drain), token);
                }
            }
            while (await _wake.Reader.WaitToReadAsync(token) && _wake.Reader.TryRead(out _));
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The reading side sees the same end and reconnects.
            logger.EdgeConnectionLost(Worker, e.Message);
        }
    }

    private void Take(EdgeReport report)
    {
        lock (_gate)
        {
            if (report.Hello is not null)
            {
                Connected = true;
                _inFlight.Clear();
            }

            if (report.Applied is { } applied)
            {
                Applied = applied.Version;
                Complete(_appliedWaiters, w => w.Version <= applied.Version, w => w.Done);
            }

            if (report.InFlight is { } inFlight)
            {
                _inFlight[inFlight.Instance] = inFlight;
                if (inFlight is { Requests: 0, WebSockets: 0 })
                {
                    Complete(_idleWaiters, w => w.Instance == inFlight.Instance, w => w.Done);
                }
            }

            if (report.Counts is { } counted)
            {
                counts.Take(Worker, counted);
            }

            if (report.Drained is { } drained)
            {
                logger.EdgeWorkerDrained(Worker, drained.CutRequests, drained.CutWebSockets);
            }
        }
    }

    private void Lose()
    {
        lock (_gate)
        {
            (Connected, Applied) = (false, 0);
            Complete(_appliedWaiters, _ => true, w => w.Done);
            Complete(_idleWaiters, _ => true, w => w.Done);
        }
    }

    private static void Complete<T>(List<T> waiters, Predicate<T> when, Func<T, TaskCompletionSource> done) =>
        waiters.RemoveAll(w =>
        {
            if (when(w))
            {
                done(w).TrySetResult();
                return true;
            }

            return false;
        });
}
