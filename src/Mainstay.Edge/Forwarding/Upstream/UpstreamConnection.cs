using System.Buffers;
using System.Net.Sockets;

namespace Mainstay.Edge.Forwarding.Upstream;

/// <summary>One HTTP/1.1 connection to an instance: a socket, what was read from it and not yet used, and two deadlines.</summary>
/// <remarks>
/// One request owns it at a time. The only other party is the pool's sweep, which reads the deadlines and disposes the socket when
/// one has passed; the owner then sees its pending operation fail and <see cref="TimedOut"/> set.
/// </remarks>
internal sealed class UpstreamConnection(UpstreamPool pool, Socket socket) : IDisposable
{
    private const int InitialBuffer = 8 * 1024;
    private const int BulkBuffer = 64 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private long _readDeadline;
    private long _writeDeadline;
    private int _timedOut;
    private int _disposed;

    public UpstreamPool Pool { get; } = pool;

    public long IdleSince { get; private set; }

    /// <summary>What the peer said about itself: it closes an idle connection after this many timestamps; 0 when it said nothing.</summary>
    public long PeerIdle { get; set; }

    public bool TimedOut => Volatile.Read(ref _timedOut) != 0;

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    public ReadOnlyMemory<byte> UnreadMemory => _buffer.AsMemory(_start, _end - _start);

    public void Consume(int count) => _start += count;

    /// <summary>Sends all of it. Silence of a full peer counts against the write deadline.</summary>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>Reads more behind what is unread; 0 is the end.</summary>
    public ValueTask<int> ReceiveAsync()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(InitialBuffer);
        }
        else if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        return socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None);
    }

    /// <summary>Counts in what <see cref="ReceiveAsync"/> delivered.</summary>
    public void Received(int count) => _end += count;

    /// <summary>A long body is coming: fewer and larger reads from now on.</summary>
    public void ExpectBulk()
    {
        if (_start == _end && _buffer is { Length: < BulkBuffer })
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(BulkBuffer);
            _start = _end = 0;
        }
    }

    /// <summary>Waits until there is something to read without holding a buffer meanwhile.</summary>
    public ValueTask<int> ReadableAsync()
    {
        ReleaseBuffer();
        return socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
    }

    /// <summary>How long the peer may be silent, in timestamps; 0 for as long as it likes (an event stream).</summary>
    public long Silence { get; set; }

    /// <summary>The peer's next byte is expected within its silence from now on.</summary>
    public void ExpectByte(long now) => SetReadDeadline(Silence == 0 ? 0 : now + Silence);

    /// <param name="at">A timestamp; 0 for none.</param>
    public void SetReadDeadline(long at) => Volatile.Write(ref _readDeadline, at);

    /// <inheritdoc cref="SetReadDeadline"/>
    public void SetWriteDeadline(long at) => Volatile.Write(ref _writeDeadline, at);

    /// <summary>Called by the sweep, which then disposes. The comparison makes sure that a deadline renewed in this moment wins.</summary>
    public bool TryExpire(long now)
    {
        if (!Passed(ref _readDeadline, now) && !Passed(ref _writeDeadline, now))
        {
            return false;
        }

        Volatile.Write(ref _timedOut, 1);
        return true;
    }

    /// <summary>True when the peer has closed, or has sent something nobody asked for.</summary>
    public bool IsStale()
    {
        try
        {
            return IsDisposed || socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>The response is complete; the peer's own idle time begins now, even if its last bytes still wait for a slow client.</summary>
    public void Finished(long now) => IdleSince = now;

    public void Taken() => IdleSince = 0;

    public void BecomeIdle(long now)
    {
        ReleaseBuffer();
        SetReadDeadline(0);
        SetWriteDeadline(0);
        IdleSince = IdleSince == 0 ? now : IdleSince;
    }

    /// <summary>No more will be sent to the peer; it may still answer.</summary>
    public void EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
    }

    /// <summary>Closes the socket; pending operations of the owner fail. The buffer stays with the owner until <see cref="ReleaseBuffer"/>.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            socket.Dispose();
        }
    }

    /// <summary>Gives the buffer back; only the owner may, and only when no read is pending.</summary>
    public void ReleaseBuffer()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            _start = _end = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        var target = _start > 0 ? _buffer! : ArrayPool<byte>.Shared.Rent(_buffer!.Length * 2);
        _buffer.AsSpan(_start, unread).CopyTo(target);
        if (target != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
            _buffer = target;
        }

        (_start, _end) = (0, unread);
    }

    private static bool Passed(ref long deadline, long now)
    {
        var at = Volatile.Read(ref deadline);
        return at != 0 && now >= at && Interlocked.CompareExchange(ref deadline, 0, at) == at;
    }
}
