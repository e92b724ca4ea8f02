using System.Buffers.Binary;

namespace Mainstay.Realtime.Serving;

/// <summary>
/// What shows whether a peer is there: when it was last heard, how long it takes nothing of what is written to it, and how long its last pong took. The connection's reader, its writer and whoever watches
/// over all connections use it at once; it has no timer of its own.
/// </summary>
internal sealed class PeerWatch(TimeProvider time)
{
    private const byte FinalPing = 0x89;
    private const int NumberBytes = 8;

    private PongReader _pongs;
    private long _heardAt = time.GetTimestamp();
    private long _writingSince;
    private ulong _ping;
    private long _pingedAt;
    private long _roundTrip = -1;

    /// <summary>How long ago the last byte came from it.</summary>
    public TimeSpan Silent => time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>How long it has taken nothing; zero when nothing waits for it.</summary>
    public TimeSpan Stalled => Volatile.Read(ref _writingSince) is var since and not 0 ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Of the last ping; null while its pong is not there.</summary>
    public TimeSpan? RoundTrip => Volatile.Read(ref _roundTrip) is var ticks and >= 0 ? TimeSpan.FromTicks(ticks) : null;

    public void Heard(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        if (_pongs.Read(bytes) is { } number && number == Volatile.Read(ref _ping) && number > 0 && Volatile.Read(ref _roundTrip) < 0)
        {
            Volatile.Write(ref _roundTrip, time.GetElapsedTime(Volatile.Read(ref _pingedAt)).Ticks);
        }
    }

    /// <summary>Something is to be taken from here on, or a part of it was.</summary>
    public void Writing() => Volatile.Write(ref _writingSince, Math.Max(1, time.GetTimestamp()));

    public void Written() => Volatile.Write(ref _writingSince, 0);

    /// <summary>The frame of the next ping; the one before is not waited for any more.</summary>
    public byte[] NextPing()
    {
        Volatile.Write(ref _pingedAt, time.GetTimestamp());
        Volatile.Write(ref _roundTrip, -1);
        var number = _ping + 1;
        Volatile.Write(ref _ping, number);
        var frame = new byte[2 + NumberBytes];
        (frame[0], frame[1]) = (FinalPing, NumberBytes);
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), number);
        return frame;
    }
}
