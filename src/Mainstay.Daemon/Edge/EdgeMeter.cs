using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Daemon.Edge;

/// <summary>The rollout's view of the traffic: what the edge workers have counted, and which requests candidates get.</summary>
internal sealed class EdgeMeter(EdgeSums counts, EdgeTraffic traffic) : ITrafficMeter
{
    public EdgeMeter(EdgeKeeper keeper, EdgeTraffic traffic)
        : this(keeper.Counts, traffic)
    {
    }

    public ServiceTraffic? Read(ServiceName service) => traffic.HasRoute(service) ? Of(counts.Read(service.Value)) : null;

    public Task RefreshAsync(CancellationToken token) => traffic.TellAgainAsync(token);

    public Task ShareAsync(ServiceName service, CanarySpec? rule, CancellationToken token) => traffic.ShareAsync(service, rule, token);

    private static ServiceTraffic Of((EdgeServiceCounts? Service, ImmutableArray<EdgeInstanceCounts> Instances) counted) => new(
        counted.Instances.ToImmutableDictionary(i => i.Instance, Of, StringComparer.Ordinal),
        counted.Service?.EdgeFailures ?? 0,
        TimeSpan.FromSeconds(counted.Service?.DowntimeS ?? 0),
        TimeSpan.FromSeconds(counted.Service?.LongestHoldS ?? 0));

    // On the wire trailing zeroes are left out; whoever compares wants every bucket.
    private static EndpointTraffic Of(EdgeInstanceCounts counts)
    {
        var latency = counts.Latency.IsDefault ? [] : counts.Latency;
        return new(counts.Requests, counts.Failures, [.. Enumerable.Range(0, LatencyBuckets.Count).Select(i => i < latency.Length ? latency[i] : 0)]);
    }
}
