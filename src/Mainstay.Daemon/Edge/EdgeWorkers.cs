using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

/// <summary>The edge processes that live, each with the link to it: starts them on the daemon's sockets, finds them again, drains them, and tells what becomes of them.</summary>
internal sealed class EdgeWorkers(HomeLayout home, IEdgeLauncher launcher, EdgeSockets sockets, EdgeSums counts, TimeProvider clock, ILogger logger, Action<EdgeEvent> tell) : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, EdgeWorker> _workers = [];
    private EdgeSnapshot? _snapshot;

    /// <summary>What the newest worker was given to listen on.</summary>
    public ImmutableArray<string> ServedAddresses { get; private set; } = [];

    public ImmutableArray<EdgeWorker> All()
    {
        lock (_gate)
        {
            return [.. _workers.Values];
        }
    }

    public EdgeWorker? Find(int? number) => All().FirstOrDefault(w => w.Number == number);

    /// <summary>Every worker gets the snapshot, also one that drains: its open connections may still bring requests.</summary>
    public ImmutableArray<EdgeLink> Offer(EdgeSnapshot snapshot)
    {
        lock (_gate)
        {
            _snapshot = snapshot;
        }

        var links = All().Select(w => w.Link).ToImmutableArray();
        foreach (var link in links)
        {
            link.Offer(snapshot);
        }

        return links;
    }

    /// <param name="isAwaited">Whether the worker, asked when its time to start is over, is still expected to come to serve; it is killed then.</param>
    public void Spawn(int number, Func<bool> isAwaited)
    {
        try
        {
            ServedAddresses = sockets.Addresses;
            var process = sockets.Lend(descriptors => launcher.Launch(number, home.EdgeSocket(number), descriptors));
            Add(number, process);
            _ = KillUnlessServingAsync(number, process, isAwaited);
        }
        catch (Exception e) when (e is EdgeLaunchException or LinuxException or IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            logger.EdgeSpawnFailed(number, e.Message);
            tell(new(EdgeEventKind.Exited, number));
        }
    }

    /// <summary>Finds the worker of an earlier daemon again, and takes its sockets over. Others that live are asked to end.</summary>
    /// <param name="recorded">The worker that served when the earlier daemon last wrote; a newer one may serve by now.</param>
    public async Task<int?> AdoptAsync(EdgeRecord? recorded, CancellationToken token)
    {
        var survivors = await EdgeSurvivors.FindAsync(home, clock, token);
        var record = survivors.LastOrDefault(s => s.SnapshotVersion > 0) is { } serving && serving.Worker != recorded?.Worker
            ? EdgeRecord.Of(serving) ?? recorded
            : recorded;
        foreach (var other in survivors.Where(s => s.Worker != record?.Worker))
        {
            await RetireAsync(other, token);
        }

        if (record is null || launcher.Adopt(record) is not { } process)
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
            await process.Exited;
            process.Dispose();
            return null;
        }

        ServedAddresses = sockets.Addresses;
        Add(record.Worker, process);
        return record.Worker;
    }

    private async Task RetireAsync(EdgeSurvivor other, CancellationToken token)
    {
        logger.EdgeStrayFound(other.Worker, other.Pid, other.SnapshotVersion);
        if (other.SnapshotVersion > 0)
        {
            await EdgeSurvivors.RetireAsync(home.EdgeSocket(other.Worker), new(IdleGraceS: 5, DrainTimeoutS: 30, WsDrainS: 30, EdgeKeeper.CallDrain.TotalSeconds), token);
        }
        else if (EdgeRecord.Of(other) is { } record && launcher.Adopt(record) is { } process)
        {
            // It has accepted nothing; and its number, and so its socket, may be needed at once.
            process.Kill();
            await process.Exited;
            process.Dispose();
            File.Delete(home.EdgeSocket(other.Worker));
        }
    }

    /// <summary>Asks a worker to end once its work is done, and ends it when that takes longer than it may.</summary>
    public async Task DrainAsync(int number, EdgeDrain drain)
    {
        if (Find(number) is not { } worker)
        {
            return;
        }

        worker.Link.OfferDrain(drain);
        try
        {
            await worker.Process.Exited.WaitAsync(TimeSpan.FromSeconds(drain.IdleGraceS + drain.DrainTimeoutS + Math.Max(drain.WsDrainS, drain.CallDrainS) + 10), clock, _closing.Token);
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

    /// <summary>Leaves the workers running: the next daemon finds them again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (var worker in All())
        {
            await worker.Link.DisposeAsync();
        }

        _closing.Dispose();
    }

    private void Add(int number, IEdgeProcess process)
    {
        var link = new EdgeLink(number, home.EdgeSocket(number), counts, clock, logger);
        lock (_gate)
        {
            _workers[number] = new(number, process, link);
            if (_snapshot is { } snapshot)
            {
                link.Offer(snapshot);
            }
        }

        link.Start(() => tell(new(EdgeEventKind.Serving, number, clock.GetUtcNow())));
        _ = WatchExitAsync(number, process, link);
    }

    private async Task WatchExitAsync(int number, IEdgeProcess process, EdgeLink link)
    {
        await process.Exited;
        lock (_gate)
        {
            _workers.Remove(number);
        }

        try
        {
            await HearOutAsync(link);
            await link.DisposeAsync();
            counts.Ended(number);
            process.Dispose();
            File.Delete(home.EdgeSocket(number));
        }
        catch (Exception e)
        {
            logger.EdgeEventFailed(EdgeEventKind.Exited, number, e);
        }

        tell(new(EdgeEventKind.Exited, number));
    }

    /// <summary>What a worker counted last is on its way when it exits.</summary>
    private async Task HearOutAsync(EdgeLink link)
    {
        try
        {
            await link.LostAsync().WaitAsync(LastWords, clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // Somebody else holds its end of the connection; it will not say more.
        }
    }

    private async Task KillUnlessServingAsync(int number, IEdgeProcess process, Func<bool> isAwaited)
    {
        try
        {
            await process.Exited.WaitAsync(StartDeadline, clock, _closing.Token);
        }
        catch (TimeoutException) when (isAwaited())
        {
            logger.EdgeStartTimedOut(number, StartDeadline.TotalSeconds);
            process.Kill();
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // It serves, or this daemon goes away: either way it is not ours to kill.
        }
    }
}

internal sealed record EdgeWorker(int Number, IEdgeProcess Process, EdgeLink Link);
