using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>What has been added to an earlier reading.</summary>
    public Figures Since(Figures earlier) =>
        new(Requests - earlier.Requests, Failures - earlier.Failures, [.. Latency.Select((count, bucket) => count - At(earlier.Latency, bucket))]);

    /// <summary>As evidence shows it.</summary>
    public string Line(string who) => string.Create(
        CultureInfo.InvariantCulture,
        $"{who}: {Requests} requests, {Failures} failed{(P99() is { } p99 ? $", 99th percentile below {p99.TotalMilliseconds:0.#} ms" : "")}");

    private Figures Plus(EndpointTraffic other) =>
        new(Requests + other.Requests, Failures + other.Failures, [.. Enumerable.Range(0, Math.Max(Latency.Length, other.Latency.Length)).Select(i => At(Latency, i) + At(other.Latency, i))]);

    private static long At(ImmutableArray<long> counts, int bucket) => bucket < counts.Length ? counts[bucket] : 0;
}
