namespace Mainstay.Edge.Guards.RateLimits;

/// <summary>
/// The generic cell rate algorithm (ITU-T I.371): a key's whole state is the time at which its allowance will be whole again. An allowance of <c>burst</c>, which refills by one each <c>interval</c>. All times are
/// timestamps of one monotonic clock.
/// </summary>
internal readonly struct Gcra
{
    private readonly long _interval;
    private readonly long _tolerance;

    /// <param name="count">So many in <paramref name="per"/>; 0 lets nothing through.</param>
    /// <param name="per">In timestamps.</param>
    public Gcra(int count, long per, int burst)
    {
        (IsClosed, Per) = (count == 0, per);
        _interval = Math.Max(1, per / Math.Max(1, count));
        _tolerance = (burst - 1) * _interval;
    }

    /// <summary>It lets nothing through, ever.</summary>
    public bool IsClosed { get; }

    /// <summary>The time of the limit.</summary>
    public long Per { get; }

    /// <param name="wholeAt">The key's state; anything that is over for one that is new.</param>
    /// <returns>0 when a request is let through now; otherwise how long until one is.</returns>
    public long Wait(long wholeAt, long now) => IsClosed ? Per : wholeAt <= now ? 0 : Math.Max(0, wholeAt - _tolerance - now);

    /// <summary>The state after one more request.</summary>
    public long Take(long wholeAt, long now) => Math.Max(wholeAt, now) + _interval;

    /// <summary>The state as if a request had not been.</summary>
    public long GiveBack(long wholeAt) => wholeAt - _interval;

    /// <summary>How many more are let through now.</summary>
    public long Left(long wholeAt, long now) => IsClosed ? 0 : Math.Max(0, (_tolerance + _interval - (wholeAt <= now ? 0 : wholeAt - now)) / _interval);
}
