using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Ports;

namespace Mainstay.Rollout.Execution;

/// <summary>What the edge counted for a rollout's services, at one moment; the difference of two belongs to a step.</summary>
internal sealed class TrafficNotes(ITrafficMeter meter)
{
    /// <summary>Null when none of the services has a route.</summary>
    public async Task<TrafficFigures?> ReadAsync(RolloutRecord rollout, CancellationToken token)
    {
        await meter.RefreshAsync(token);
        var read = rollout.Services.Select(s => meter.Read(s.Name)).OfType<ServiceTraffic>().ToList();
        return read.Count == 0 ? null : new(
            read.Sum(t => t.ByEndpoint.Values.Sum(e => e.Requests) + t.EdgeFailures),
            read.Sum(t => t.ByEndpoint.Values.Sum(e => e.Failures) + t.EdgeFailures),
            read.Sum(t => t.Downtime.TotalSeconds),
            read.Max(t => t.LongestHold.TotalSeconds));
    }

    /// <summary>What an edge worker had counted that ended together with the daemon, and what is an hour old, is forgotten: never less than nothing.</summary>
    public static TrafficFigures? Between(TrafficFigures? before, TrafficFigures? after) => after is null
        ? null
        : new(
            Math.Max(0, after.Requests - (before?.Requests ?? 0)),
            Math.Max(0, after.Failed - (before?.Failed ?? 0)),
            Math.Max(0, Math.Round(after.DowntimeS - (before?.DowntimeS ?? 0), 3)),

            // The longest of all so far; it belongs to this step only when it has grown meanwhile.
            after.LongestHoldS > (before?.LongestHoldS ?? 0) ? after.LongestHoldS : 0);
}
