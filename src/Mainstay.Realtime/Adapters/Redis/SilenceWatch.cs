namespace Mainstay.Realtime.Adapters.Redis;

internal enum SilenceVerdict
{
    Fine,

    /// <summary>Nothing has been asked for a while: ask something, to know that the server lives.</summary>
    Ask,

    /// <summary>It owes an answer, and nothing has moved for too long.</summary>
    Dead,
}

/// <summary>
/// Decides when a silent server is a dead one. It is looked at in ticks and sees only whether anything moved since the last one, so that a slow link with much under way is not taken for
/// silence. Times are timestamps of a <see cref="TimeProvider"/>.
/// </summary>
/// <param name="askAfter">Idle for so long: ask.</param>
/// <param name="deadAfter">Owing an answer and not moving for so long: dead.</param>
/// <param name="lateTick">A tick that comes so late says that we ourselves were stopped; the wait then begins anew, since the answer may lie unread in the socket.</param>
internal struct SilenceWatch(long askAfter, long deadAfter, long lateTick, long now)
{
    private long _since = now;
    private long _lastTick = now;
    private long _mark;
    private bool _wasOwed;

    /// <param name="owed">Whether the server owes an answer.</param>
    /// <param name="mark">Changes whenever something moves.</param>
    public SilenceVerdict Tick(bool owed, long mark, long now)
    {
        var moved = mark != _mark || owed != _wasOwed || now - _lastTick > lateTick;
        (_mark, _wasOwed, _lastTick) = (mark, owed, now);
        if (moved)
        {
            _since = now;
            return SilenceVerdict.Fine;
        }

        if (owed)
        {
            return now - _since >= deadAfter ? SilenceVerdict.Dead : SilenceVerdict.Fine;
        }

        if (now - _since < askAfter)
        {
            return SilenceVerdict.Fine;
        }

        // The question is under way from now on.
        (_since, _wasOwed) = (now, true);
        return SilenceVerdict.Ask;
    }
}
