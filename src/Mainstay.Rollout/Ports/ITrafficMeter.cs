using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Ports;

/// <summary>What the edge has counted, and how a canary gets its share.</summary>
public interface ITrafficMeter
{
    /// <summary>Counts since the edge began to know each endpoint; they only grow. Null when the service has no route.</summary>
    ServiceTraffic? Read(ServiceName service);

    /// <summary>Completes when what <see cref="Read"/> says is of now. A meter that always knows need not do anything.</summary>
    Task RefreshAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>From now on candidates of the service get these requests; null: none.</summary>
    Task ShareAsync(ServiceName service, CanarySpec? rule, CancellationToken token);
}

/// <param name="ByEndpoint">Also of endpoints that are gone, for an hour.</param>
/// <param name="EdgeFailures">Requests that the edge had to answer itself with 502, 503 or 504.</param>
/// <param name="Downtime">Time in which no instance was ready and requests were not held.</param>
/// <param name="LongestHold">Of one request, so far.</param>
public sealed record ServiceTraffic(ImmutableDictionary<string, EndpointTraffic> ByEndpoint, long EdgeFailures, TimeSpan Downtime, TimeSpan LongestHold);

/// <param name="Failures">5xx of the service, and requests that got no answer from it.</param>
/// <param name="Latency">Counts of answered requests by time to the head of the response; see <see cref="LatencyBuckets"/>.</param>
public sealed record EndpointTraffic(long Requests, long Failures, ImmutableArray<long> Latency);

/// <summary>Bounds of latency counts: each a quarter more than the one before, from 0.5 ms to about two minutes, and one for all above.</summary>
public static class LatencyBuckets
{
    public const int Count = 57;

    /// <summary>The upper bound of a bucket; infinite for the last.</summary>
    public static TimeSpan UpperBound(int bucket) => bucket >= Count - 1 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(0.5 * Math.Pow(1.25, bucket));
}
