namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>What the service has seen since its start. Counted from everywhere.</summary>
internal sealed class IngestCounters
{
    private long _frames;
    private long _bytes;
    private long _ignored;
    private long _paused;
    private long _calls;

    public long Frames => Volatile.Read(ref _frames);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Text messages that were no event of the protocol.</summary>
    public long Ignored => Volatile.Read(ref _ignored);

    /// <summary>How often a client was made to wait.</summary>
    public long Paused => Volatile.Read(ref _paused);

    /// <summary>Connections with a session at this moment.</summary>
    public long Calls => Volatile.Read(ref _calls);

    public void Frame(int bytes)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Ignore() => Interlocked.Increment(ref _ignored);

    public void Pause() => Interlocked.Increment(ref _paused);

    public void Began() => Interlocked.Increment(ref _calls);

    public void Ended() => Interlocked.Decrement(ref _calls);
}
