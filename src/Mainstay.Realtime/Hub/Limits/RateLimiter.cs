namespace Mainstay.Realtime.Hub.Limits;

/// <summary>
/// One rate for many names, by the generic cell rate algorithm: each name has one number, the time at which it would be empty again, so there is no window with an edge. A name that is empty is
/// forgotten without any loss. When there is no room for a new name it is refused: forgetting one that is not empty would let it begin anew. One writer, no clock.
/// </summary>
internal sealed class RateLimiter(Rate rate, int maxNames)
{
    private readonly Dictionary<string, DateTimeOffset> _emptyAt = new(StringComparer.Ordinal);
    private DateTimeOffset _nextSweep = DateTimeOffset.MinValue;

    /// <summary>Names in memory.</summary>
    public int Count => _emptyAt.Count;

    /// <summary>How long to wait until it would go through; zero: it would now. It is not counted by this.</summary>
    public TimeSpan WaitFor(string name, DateTimeOffset now)
    {
        if (!_emptyAt.TryGetValue(name, out var emptyAt))
        {
            return HasRoom(now) ? TimeSpan.Zero : _nextSweep - now;
        }

        var free = emptyAt - (rate.Burst - 1) * rate.Interval;
        return free > now ? free - now : TimeSpan.Zero;
    }

    /// <summary>Counts one that goes through.</summary>
    public void Take(string name, DateTimeOffset now) =>
        _emptyAt[name] = (_emptyAt.TryGetValue(name, out var emptyAt) && emptyAt > now ? emptyAt : now) + rate.Interval;

    /// <summary>Both: zero when it went through.</summary>
    public TimeSpan TryTake(string name, DateTimeOffset now)
    {
        var wait = WaitFor(name, now);
        if (wait == TimeSpan.Zero)
        {
            Take(name, now);
        }

        return wait;
    }

    private bool HasRoom(DateTimeOffset now)
    {
        if (_emptyAt.Count < maxNames)
        {
            return true;
        }

        // Before this time none is empty, so a crowd of new names does not cost a sweep each.
        if (now < _nextSweep)
        {
            return false;
        }

        var first = DateTimeOffset.MaxValue;
        foreach (var (name, emptyAt) in _emptyAt)
        {
            if (emptyAt <= now)
            {
                _emptyAt.Remove(name);
            }
            else if (emptyAt < first)
            {
                first = emptyAt;
            }
        }

        _nextSweep = first;
        return _emptyAt.Count < maxNames;
    }
}
