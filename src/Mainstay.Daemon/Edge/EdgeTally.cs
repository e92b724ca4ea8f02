using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Daemon.Edge;

/// <summary>What one worker, or all that ended, have counted.</summary>
internal sealed class EdgeTally
{
    public Dictionary<string, EdgeInstanceCounts> Instances { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, EdgeServiceCounts> Services { get; } = new(StringComparer.Ordinal);

    /// <summary>Counts only grow: a line that others have overtaken says nothing new.</summary>
    public void Take(EdgeCounts counts)
    {
        foreach (var instance in counts.Instances.IsDefault ? [] : counts.Instances)
        {
            if (!Instances.TryGetValue(instance.Instance, out var known) || known.Requests <= instance.Requests)
            {
                Instances[instance.Instance] = instance;
            }
        }

        foreach (var service in counts.Services.IsDefault ? [] : counts.Services)
        {
            Services[service.Service] = Services.TryGetValue(service.Service, out var known) ? Later(known, service) : service;
        }
    }

    public void Add(EdgeTally other)
    {
        foreach (var (name, counts) in other.Instances)
        {
            Instances[name] = Instances.TryGetValue(name, out var known) ? Sum(known, counts) : counts;
        }

        foreach (var (name, counts) in other.Services)
        {
            Services[name] = Services.TryGetValue(name, out var known) ? Sum(known, counts) : counts;
        }
    }

    private static EdgeServiceCounts Later(EdgeServiceCounts a, EdgeServiceCounts b) => new(
        a.Service,
        Math.Max(a.Requests, b.Requests),
        Math.Max(a.EdgeFailures, b.EdgeFailures),
        Math.Max(a.DowntimeS, b.DowntimeS),
        Math.Max(a.LongestHoldS, b.LongestHoldS));

    private static EdgeServiceCounts Sum(EdgeServiceCounts a, EdgeServiceCounts b) => new(
        a.Service,
        a.Requests + b.Requests,
        a.EdgeFailures + b.EdgeFailures,
        a.DowntimeS + b.DowntimeS,
        Math.Max(a.LongestHoldS, b.LongestHoldS));

    private static EdgeInstanceCounts Sum(EdgeInstanceCounts a, EdgeInstanceCounts b) => a with
    {
        Requests = a.Requests + b.Requests,
        Failures = a.Failures + b.Failures,
        Latency = [.. Enumerable.Range(0, Math.Max(Length(a), Length(b))).Select(i => At(a, i) + At(b, i))],
    };

    private static int Length(EdgeInstanceCounts counts) => counts.Latency.IsDefault ? 0 : counts.Latency.Length;

    private static long At(EdgeInstanceCounts counts, int bucket) => bucket < Length(counts) ? counts.Latency[bucket] : 0;
}
