namespace Mainstay.Edge.WebSockets;

/// <summary>One direction of a WebSocket: passes bytes on, and can end it with a Close frame of our own between two frames.</summary>
internal sealed class FrameRelay(Func<ReadOnlyMemory<byte>, ValueTask> write, Func<byte[]> closeFrame) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private FrameTracker _frames;
    private bool _closeWanted;
    private bool _closed;
    private long _bytes;

    /// <summary>Bytes passed on.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The sender has said Close, of its own accord or in answer to ours.</summary>
    public bool SenderClosed => _frames.ClosePassed;

    /// <summary>Passes bytes on; what follows our own Close is dropped, as nothing may follow one.</summary>
    public async ValueTask PassAsync(ReadOnlyMemory<byte> bytes)
    {
        await _turn.WaitAsync();
        try
        {
            if (!_closeWanted)
            {
                _frames.Skip(bytes.Span);
                await WriteAsync(bytes);
                return;
            }

            if (!_closed)
            {
                var rest = _frames.Next(bytes.Span);
                await WriteAsync(bytes[..rest]);
                bytes = bytes[rest..];
                await CloseHereAsync();
            }

            _frames.Skip(bytes.Span);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Puts the Close frame in: now when no frame is under way, else right behind it.</summary>
    public async ValueTask CloseAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _closeWanted = true;
            await CloseHereAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask CloseHereAsync()
    {
        if (_closed || !_frames.AtBoundary)
        {
            return;
        }

        _closed = true;
        if (!_frames.ClosePassed)
        {
            await write(closeFrame());
        }
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes.Length);
        return bytes.IsEmpty ? ValueTask.CompletedTask : write(bytes);
    }
}
