using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Drain;

/// <summary>Takes a worker out of service in two phases: first nothing new and a polite end, then a firm one.</summary>
internal sealed class Drainer(EdgeServer server, ClientConnections connections, WorkerDrain drain, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <param name="cut">Skip all waiting.</param>
    public async Task<EdgeDrained> RunAsync(EdgeDrain asked, CancellationToken cut)
    {
        drain.Begin();
        server.Park();
        try
        {
            await UntilAsync(() => connections.Count == 0, Seconds.Of(asked.IdleGraceS), cut);
            foreach (var connection in connections.Snapshot())
            {
                connection.RequestClose();
            }

            await UntilAsync(() => drain.Active == 0, Seconds.Of(asked.DrainTimeoutS), cut);
        }
        catch (OperationCanceledException)
        {
            // Whoever asked twice does not want to wait.
        }

        var left = drain.Active;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await server.StopAsync(now.Token);
        return new(left, 0);
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
