using System.Collections.Immutable;
using Mainstay.Rollout.Ports;

namespace Mainstay.Rollout.Watching;

/// <summary>Requests of some processes together, over some time.</summary>
internal sealed record Figures(long Requests, long Failures, ImmutableArray<long> Latency)
{
    public static Figures None { get; } = new(0, 0, []);

    public double ErrorRate => Requests == 0 ? 0 : (double)Failures / Requests;

    /// <summary>The sum of what the edge counted for these processes.</summary>
    public static Figures Of(ServiceTraffic? traffic, IEnumerable<string> endpoints) => traffic is null
        ? None
        : endpoints.Distinct().Select(e => traffic.ByEndpoint.GetValueOrDefault(e)).OfType<EndpointTraffic>().Aggregate(None, (sum, e) => sum.Plus(e));

    /// <summary>The upper bound of the bucket that holds the 99th percentile; null without an answered request.</summary>
    public TimeSpan? P99()
    {
        var wanted = (long)Math.Ceiling(Latency.Sum() * 0.99);
        var seen = 0L;
        for (var bucket = 0; bucket < Latency.Length; bucket++)
        {
            seen += Latency[bucket];
            if (seen >= wanted && seen > 0)
            {
                return LatencyBuckets.UpperBound(bucket);
            }
        }

        return null;
    }

    private Figures Plus(EndpointTraffic other) =>
        new(Requests + other.Requests, Failures + other.Failures, [.. Enumerable.Range(0, Math.Max(Latency.Length, other.Latency.Length)).Select(i => At(Latency, i) + At(other.Latency, i))]);

    private static long At(ImmutableArray<long> counts, int bucket) => bucket < counts.Length ? counts[bucket] : 0;
}
