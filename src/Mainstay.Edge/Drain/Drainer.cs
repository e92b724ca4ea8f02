using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Traffic;
using Mainstay.Edge.WebSockets;

namespace Mainstay.Edge.Drain;

/// <summary>Takes a worker out of service: nothing new, then a polite end for everything, then a firm one for what is left.</summary>
/// <remarks>
/// At once: no accepts; every HTTP/1.1 response says <c>Connection: close</c>, busy HTTP/2 connections get GOAWAY.
/// After the idle grace (a client may have sent a request on an idle connection in this very moment): idle connections are closed.
/// WebSockets get Close 1001 within their own time, calls within a longer one. After the drain timeout: 503 for what has no response yet, an abort for the rest.
/// </remarks>
internal sealed class Drainer(EdgeServer server, ClientConnections connections, WorkerDrain drain, OpenWebSockets webSockets, SnapshotApplier applier, EdgeLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private int Requests => Math.Max(0, drain.Active - webSockets.Count);

    /// <param name="cut">Skip all waiting.</param>
    public async Task<EdgeDrained> RunAsync(EdgeDrain asked, CancellationToken cut)
    {
        var start = time.GetTimestamp();
        drain.Begin();
        server.Park();
        var webSocketTime = Seconds.Of(asked.WsDrainS);
        var callTime = Seconds.Of(Math.Max(asked.WsDrainS, asked.CallDrainS));
        webSockets.DrainAll(webSocketTime, callTime);
        var early = new EdgeDrained(0, 0);
        try
        {
            RequestClose(c => !c.IsIdle && c.IsHttp2);
            await UntilAsync(() => connections.Count == 0, Seconds.Of(asked.IdleGraceS), cut);
            RequestClose(_ => true);
            await Task.WhenAll(
                UntilAsync(() => Requests == 0, Seconds.Of(asked.DrainTimeoutS), cut),
                UntilAsync(() => webSockets.Count == webSockets.Calls, Closed(webSocketTime), cut));
            if (webSockets.Calls > 0)
            {
                early = await CutAllButCallsAsync();
                await UntilAsync(() => webSockets.Count == 0, Closed(callTime) - time.GetElapsedTime(start), cut);
            }

            if (drain.Active == 0)
            {
                // Their last bytes may still be on the way out.
                await UntilAsync(() => connections.Count == 0, LastWords, cut);
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever asked twice does not want to wait.
        }

        var last = await CutAsync();
        return new(early.CutRequests + last.CutRequests, early.CutWebSockets + last.CutWebSockets);
    }

    /// <summary>When a WebSocket that was told to close within a time has closed, or does not mean to.</summary>
    private TimeSpan Closed(TimeSpan within) => within + OpenWebSockets.MaxSpread + limits.WebSocketClose + LastWords;

    /// <summary>Calls may go on for hours; nothing else has a reason to stay with them.</summary>
    private async Task<EdgeDrained> CutAllButCallsAsync()
    {
        var requests = Requests;
        var cutWebSockets = await webSockets.CutAsync(exceptCalls: true);
        applier.CutAll(exceptCalls: true);
        await UntilAsync(() => Requests == 0, LastWords, CancellationToken.None);
        return new(requests - Requests, cutWebSockets);
    }

    private async Task<EdgeDrained> CutAsync()
    {
        var cutWebSockets = await webSockets.CutAsync();
        var cutRequests = Math.Max(0, drain.Active - cutWebSockets);
        applier.CutAll();
        await UntilAsync(() => drain.Active == 0, LastWords, CancellationToken.None);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await server.StopAsync(now.Token);
        return new(cutRequests, cutWebSockets);
    }

    private void RequestClose(Func<ClientConnection, bool> which)
    {
        foreach (var connection in connections.Snapshot())
        {
            // The server would take this for an end of an upgraded connection's input, in the middle of a conversation.
            if (!connection.HasWebSocket && which(connection))
            {
                connection.RequestClose();
            }
        }
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan max, CancellationToken cut)
    {
        var start = time.GetTimestamp();
        while (!condition() && time.GetElapsedTime(start) < max)
        {
            await Task.Delay(Look, time, cut);
        }
    }
}
