using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Counting;

/// <summary>What was sent to one instance and how it ended, since the worker began to know it. Written by requests without a lock.</summary>
/// <remarks>The number of requests is written last and read first: whoever sees it unchanged has missed nothing.</remarks>
internal sealed class InstanceCounters(string service, string instance, LatencyScale scale)
{
    private readonly long[] _latency = new long[LatencyScale.Buckets];
    private long _failures;
    private long _requests;

    public string Instance { get; } = instance;

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>The instance answered.</summary>
    /// <param name="elapsed">From sending to the head of the response, in timestamps.</param>
    /// <param name="failed">With 5xx, or not to the end.</param>
    public void Answered(long elapsed, bool failed)
    {
        Interlocked.Increment(ref _latency[scale.BucketOf(elapsed)]);
        if (failed)
        {
            Interlocked.Increment(ref _failures);
        }

        Interlocked.Increment(ref _requests);
    }

    /// <summary>The instance gave no answer that could be passed on.</summary>
    public void Failed()
    {
        Interlocked.Increment(ref _failures);
        Interlocked.Increment(ref _requests);
    }

    /// <summary>The client, or the worker itself, did not wait for the answer: nobody knows what it would have been.</summary>
    public void Abandoned() => Interlocked.Increment(ref _requests);

    public EdgeInstanceCounts Read()
    {
        var requests = Requests;
        var used = LatencyScale.Buckets;
        while (used > 0 && Volatile.Read(ref _latency[used - 1]) == 0)
        {
            used--;
        }

        return new(service, Instance, requests, Math.Min(Volatile.Read(ref _failures), requests), [.. _latency.AsSpan(0, used)]);
    }
}
