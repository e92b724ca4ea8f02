namespace Mainstay.Realtime.Hub.Limits;

/// <summary>One rate for one thing, like a connection: the same rule as <see cref="RateLimiter"/>, without names. One writer, no clock.</summary>
internal sealed class RateCell(Rate rate)
{
    private DateTimeOffset _emptyAt = DateTimeOffset.MinValue;

    /// <returns>False: it is one too many, and not counted.</returns>
    public bool TryTake(DateTimeOffset now)
    {
        if (_emptyAt > now && _emptyAt - (rate.Burst - 1) * rate.Interval > now)
        {
            return false;
        }

        _emptyAt = (_emptyAt > now ? _emptyAt : now) + rate.Interval;
        return true;
    }
}
