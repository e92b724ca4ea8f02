using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>What the carriers of one dialect have sent since the start. Counted from everywhere.</summary>
internal sealed class DialectCounters(Dialect dialect)
{
    private long _calls;
    private long _frames;
    private long _lost;
    private long _holes;
    private long _malformed;
    private long _duplicates;
    private long _late;
    private long _missing;

    public Dialect Dialect => dialect;

    /// <summary>Calls that have begun and not ended.</summary>
    public long Calls => Volatile.Read(ref _calls);

    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Frames that came and could not be stored.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>How often messages were left out, one or several together.</summary>
    public long Holes => Volatile.Read(ref _holes);

    public long Malformed => Volatile.Read(ref _malformed);

    public long Duplicates => Volatile.Read(ref _duplicates);

    public long Late => Volatile.Read(ref _late);

    public long Missing => Volatile.Read(ref _missing);

    public void Began() => Interlocked.Increment(ref _calls);

    public void Ended() => Interlocked.Decrement(ref _calls);

    public void Frame() => Interlocked.Increment(ref _frames);

    public void Lose() => Interlocked.Increment(ref _lost);

    public void Hole() => Interlocked.Increment(ref _holes);

    public void AddMalformed() => Interlocked.Increment(ref _malformed);

    public void Add(long duplicates, long late, long missing)
    {
        Interlocked.Add(ref _duplicates, duplicates);
        Interlocked.Add(ref _late, late);
        Interlocked.Add(ref _missing, missing);
    }
}
