using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Counting;

/// <summary>What became of a service's requests as its clients saw it, and how long nobody was there to serve them.</summary>
internal sealed class ServiceCounters(string service, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _requests;
    private long _edgeFailures;
    private long _refused;
    private long _longestHold;
    private long _down;
    private long? _downSince;
    private bool _downtimeEnded;

    public void Routed() => Interlocked.Increment(ref _requests);

    /// <summary>The edge itself had to say 502, 503 or 504.</summary>
    public void AnsweredByEdge() => Interlocked.Increment(ref _edgeFailures);

    /// <summary>A guard refused it.</summary>
    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>A request has waited so long, in timestamps.</summary>
    public void Held(long elapsed)
    {
        var longest = Volatile.Read(ref _longestHold);
        while (elapsed > longest)
        {
            var seen = Interlocked.CompareExchange(ref _longestHold, elapsed, longest);
            if (seen == longest)
            {
                return;
            }

            longest = seen;
        }
    }

    /// <summary>From <paramref name="now"/> on a request would be refused, or would not.</summary>
    public void SetDown(bool down, long now)
    {
        lock (_gate)
        {
            if (_downSince is { } since)
            {
                _down += now - since;
            }

            _downSince = down && !_downtimeEnded ? now : null;
        }
    }

    /// <summary>The worker accepts nothing any more: from here on its successor counts, and nobody counts the same second twice.</summary>
    public void EndDowntime(long now)
    {
        lock (_gate)
        {
            _downtimeEnded = true;
        }

        SetDown(false, now);
    }

    public EdgeServiceCounts Read(long now)
    {
        var requests = Volatile.Read(ref _requests);
        return new(service, requests, Math.Min(Volatile.Read(ref _edgeFailures), requests), Seconds(Down(now)), Seconds(Volatile.Read(ref _longestHold)), Volatile.Read(ref _refused));
    }

    private long Down(long now)
    {
        lock (_gate)
        {
            return _down + (_downSince is { } since ? Math.Max(0, now - since) : 0);
        }
    }

    // Microseconds are plenty, and keep the lines short.
    private double Seconds(long ticks) => Math.Round(ticks / (double)time.TimestampFrequency, 6);
}
