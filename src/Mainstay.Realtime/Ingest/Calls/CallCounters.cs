namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>What carriers have sent since the start. Counted from everywhere.</summary>
internal sealed class CallCounters
{
    private long _malformed;
    private long _duplicates;
    private long _late;
    private long _missing;

    /// <summary>Messages that could not be read.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Messages that were there already.</summary>
    public long Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Messages that came after their hole had been told of.</summary>
    public long Late => Volatile.Read(ref _late);

    /// <summary>Messages that did not come, by the carrier's own count.</summary>
    public long Missing => Volatile.Read(ref _missing);

    public long AddMalformed() => Interlocked.Increment(ref _malformed);

    public void Add(long duplicates, long late, long missing)
    {
        Interlocked.Add(ref _duplicates, duplicates);
        Interlocked.Add(ref _late, late);
        Interlocked.Add(ref _missing, missing);
    }
}
