namespace Mainstay.Realtime.Adapters.Kafka;

internal enum KafkaVerdict
{
    Fine,

    /// <summary>Ask the cluster something, to know that it is there.</summary>
    Ask,

    /// <summary>It owes confirmations, and they do not come.</summary>
    Dead,
}

/// <summary>
/// Decides when a cluster that says nothing is to be taken for gone. The client itself would wait for minutes. Times are timestamps of a <see cref="TimeProvider"/>.
/// </summary>
internal sealed class KafkaWatch(long now, long frequency)
{
    private long _moved = now;
    private long _answered = now;
    private long _lastTick = now;
    private long _grace = now;

    /// <summary>So long without a single confirmation while some are owed.</summary>
    public static TimeSpan DeadAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>So long for one record while others are confirmed: a partition whose leader is gone must not hold its calls up until another is elected.</summary>
    public static TimeSpan StuckAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Without any sign of life for so long, it is asked.</summary>
    public static TimeSpan AskAfter { get; } = TimeSpan.FromMilliseconds(1000);

    public static TimeSpan AnswerWithin { get; } = TimeSpan.FromMilliseconds(600);

    /// <summary>A tick that comes so late says that we ourselves were stopped: then what came in meanwhile is still unread.</summary>
    private static TimeSpan LateTick { get; } = TimeSpan.FromMilliseconds(500);

    public void Moved(long at) => _moved = _answered = at;

    public void Answered(long at) => _answered = at;

    /// <param name="oldest">When the oldest record came that is not confirmed; null when there is none.</param>
    /// <param name="isSuspect">The client has told of trouble since the last question.</param>
    public KafkaVerdict Tick(long? oldest, bool isSuspect, long at)
    {
        if (at - _lastTick > Stamps(LateTick))
        {
            _grace = at;
        }

        _lastTick = at;
        if (oldest is { } came)
        {
            var since = Math.Max(came, _grace);
            if (at - Math.Max(since, _moved) >= Stamps(DeadAfter) || at - since >= Stamps(StuckAfter))
            {
                return KafkaVerdict.Dead;
            }
        }

        return isSuspect || at - Math.Max(_answered, _grace) >= Stamps(AskAfter) ? KafkaVerdict.Ask : KafkaVerdict.Fine;
    }

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * frequency);
}
