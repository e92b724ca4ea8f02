using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Mainstay.Realtime.Serving;

/// <summary>The two pipes of a connection as the one stream that a WebSocket wants; pings can be put between the frames that it writes.</summary>
/// <param name="watch">Sees what comes and goes; null: nobody pings this peer.</param>
internal sealed class DuplexStream(IDuplexPipe pipes, PeerWatch? watch = null) : Stream
{
    /// <summary>A peer that takes this much is not stalled, however long the message is.</summary>
    private const int Slice = 16 * 1024;

    private readonly Stream _input = pipes.Input.AsStream(leaveOpen: true);
    private readonly SemaphoreSlim _writing = new(1);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        watch is null || buffer.IsEmpty ? _input.ReadAsync(buffer, cancellationToken) : WatchedAsync(watch, buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var rest = buffer; !rest.IsEmpty; rest = rest[Math.Min(Slice, rest.Length)..])
            {
                watch?.Writing();
                await FlushedAsync(rest[..Math.Min(Slice, rest.Length)], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            watch?.Written();
            Release();
        }
    }

    /// <summary>Between two frames of the WebSocket. While one is being written there is no room, and nothing is to be learned: whoever does not take that one does not answer.</summary>
    /// <returns>False: no ping is on its way.</returns>
    public bool TryPing() => watch is not null && TryEnter() && Put(watch.NextPing());

    /// <summary>The last frame, when the WebSocket itself writes nothing any more.</summary>
    /// <returns>False: the peer is not told.</returns>
    public bool TryClose(WebSocketCloseStatus status) => TryEnter() && Put([0x88, 2, (byte)((int)status >> 8), (byte)status]);

    private bool Put(ReadOnlySpan<byte> frame)
    {
        try
        {
            pipes.Output.Write(frame);
            Finish(pipes.Output.FlushAsync(CancellationToken.None));
            return true;
        }
        catch (InvalidOperationException)
        {
            // Its reader has ended the connection.
            Release();
            return false;
        }
    }

    /// <summary>At once when the peer takes what comes, else when it does.</summary>
    private void Finish(ValueTask<FlushResult> flush)
    {
        if (flush.IsCompletedSuccessfully)
        {
            // A peer that is gone shows to its reader.
            _ = flush.Result;
            Release();
        }
        else
        {
            watch?.Writing();
            _ = FinishAsync(flush);
        }
    }

    /// <summary>Until the peer has taken enough of what was written. Never fails: that the connection is gone shows to its reader.</summary>
    private async Task FinishAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            await flush.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            // Its reader sees it, too.
        }
        finally
        {
            watch?.Written();
            Release();
        }
    }

    /// <returns>False: somebody else writes, or the connection has ended while whoever asks was on the way here.</returns>
    private bool TryEnter()
    {
        try
        {
            return _writing.Wait(0, CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async ValueTask<int> WatchedAsync(PeerWatch peer, Memory<byte> buffer, CancellationToken token)
    {
        var length = await _input.ReadAsync(buffer, token).ConfigureAwait(false);
        peer.Heard(buffer.Span[..length]);
        return length;
    }

    private async ValueTask FlushedAsync(ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        var result = await pipes.Output.WriteAsync(bytes, token).ConfigureAwait(false);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new IOException(result.IsCompleted ? "the peer has closed the connection" : "the connection is cut");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("everything here is asynchronous");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("everything here is asynchronous");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Ends what is being read and written: a WebSocket that is aborted knows no other way to end its own receive.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipes.Input.CancelPendingRead();
            pipes.Output.CancelPendingFlush();
            _writing.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Release()
    {
        try
        {
            _writing.Release();
        }
        catch (ObjectDisposedException)
        {
            // The connection ended meanwhile; nobody waits.
        }
    }
}
