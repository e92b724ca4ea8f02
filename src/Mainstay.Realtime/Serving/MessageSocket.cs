using System.Buffers;
using System.Net.WebSockets;
using System.Text.Unicode;

namespace Mainstay.Realtime.Serving;

/// <summary>How a received message reads.</summary>
public enum MessageKind
{
    Text,
    Binary,

    /// <summary>The peer closed, or the connection broke; nothing follows.</summary>
    End,

    /// <summary>It was longer than allowed; the connection must be closed.</summary>
    TooLong,
}

/// <summary>One received message. Its bytes belong to whoever receives it.</summary>
public readonly record struct Message(MessageKind Kind, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// A WebSocket as whole messages. Idle, it holds no buffer. What is sent is queued, in order, up to a bound, and written by whoever finds the queue at rest; a peer that does not read cannot hold up the one who sends.
/// </summary>
/// <param name="closePatience">How long a peer has to answer a close; then the connection is cut.</param>
/// <param name="maxQueued">Bytes that may wait for the peer; with more the connection is given up as too slow.</param>
public sealed class MessageSocket(WebSocket socket, int maxMessageBytes, int maxQueued, TimeSpan closePatience, TimeProvider time)
{
    private const int FirstBuffer = 4 * 1024;

    /// <summary>Shorter ones gain nothing, or less than it costs.</summary>
    private const int MinCompressed = 256;

    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _outgoing = [];
    private Task _writing = Task.CompletedTask;
    private long _queued;
    private bool _isClosing;
    private volatile bool _isReading;
    private Message? _again;

    /// <summary>The peer did not read what was sent.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>This side has cut it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Ends the connection under the WebSocket, which cannot do that by itself: what is being read or written would wait for the peer for ever.</summary>
    public Action Cut { get; init; } = () => { };

    /// <summary>A message was longer than allowed; its rest was not read.</summary>
    public bool WasTooLong { get; private set; }

    /// <summary>Messages are compressed, but those that would not become shorter.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>What such a peer is told before it is cut; null: nothing.</summary>
    public (int Status, string Reason)? SlowClose { get; init; }

    /// <summary>How long the peer has taken nothing of what is sent to it; zero when nothing waits.</summary>
    public TimeSpan Stalled => Watch?.Stalled ?? TimeSpan.Zero;

    /// <summary>How long nothing has come from the peer; zero while nobody here reads, since then nothing can be told from it.</summary>
    public TimeSpan Silent => _isReading && Watch is { } watch ? watch.Silent : TimeSpan.Zero;

    /// <summary>How long the last ping took to be answered; null while it is not.</summary>
    public TimeSpan? RoundTrip => Watch?.RoundTrip;

    internal DuplexStream? Stream { get; init; }

    internal PeerWatch? Watch { get; init; }

    /// <summary>How the peer ended it; null when the connection broke or we ended it.</summary>
    public WebSocketCloseStatus? PeerStatus => socket.CloseStatus;

    /// <summary>The message that was received last is received again.</summary>
    public void Unread(Message message) => _again = message;

    /// <summary>The next whole message. Never throws for what a peer or a network does.</summary>
    public async ValueTask<Message> ReceiveAsync(CancellationToken token)
    {
        if (_again is { } again)
        {
            _again = null;
            return again;
        }

        try
        {
            _isReading = true;

            // Without a buffer, until something is there; an empty message is received by that itself.
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, token).ConfigureAwait(false);
            if (first.MessageType is WebSocketMessageType.Close)
            {
                AnswerClose();
                return new(MessageKind.End, default);
            }

            return first.EndOfMessage ? new(Kind(first.MessageType), default) : await RestAsync(token).ConfigureAwait(false);
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode is WebSocketError.Success)
        {
            // What cannot be inflated has no code of its own, and the WebSocket, unlike with all else that is wrong, has not told the peer.
            SayUnreadable();
            return new(MessageKind.End, default);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            return new(MessageKind.End, default);
        }
        finally
        {
            _isReading = false;
        }
    }

    /// <returns>False: no ping is on its way, since something is being written.</returns>
    public bool Ping() => Stream?.TryPing() ?? false;

    /// <returns>False: nothing of it will be sent.</returns>
    public bool SendText(ReadOnlyMemory<byte> message) => Send(new(WebSocketMessageType.Text, message, 0, ""));

    /// <returns>False: nothing of it will be sent.</returns>
    public bool SendBinary(ReadOnlyMemory<byte> message) => Send(new(WebSocketMessageType.Binary, message, 0, ""));

    /// <summary>Behind everything that was sent before. Nothing can be sent after it.</summary>
    /// <param name="reason">At most 123 bytes.</param>
    public void Close(int status, string reason)
    {
        Send(new(WebSocketMessageType.Close, default, status, reason));
        lock (_gate)
        {
            _isClosing = true;
        }
    }

    /// <summary>What waits is dropped, so that a peer which begins to read again in time is told why; it is cut soon, whatever it does.</summary>
    /// <param name="reason">At most 123 bytes.</param>
    public void GiveUp(int status, string reason)
    {
        lock (_gate)
        {
            _outgoing.Clear();
            _queued = 0;
            if (!_isClosing)
            {
                _isClosing = true;
                Enqueue(new(WebSocketMessageType.Close, default, status, reason));
            }
        }

        _ = CutLaterAsync();
    }

    /// <summary>The peer takes nothing: it is given up like one for which too much waits.</summary>
    public void GiveUpAsTooSlow()
    {
        lock (_gate)
        {
            if (!IsTooSlow)
            {
                IsTooSlow = true;
                GiveUp();
            }
        }
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        IsCut = true;
        socket.Abort();
        Cut();
    }

    /// <summary>Waits for what was queued to be written, at most as long as a peer has to answer a close.</summary>
    public async Task FlushAsync()
    {
        Task writing;
        lock (_gate)
        {
            writing = _writing;
        }

        try
        {
            await writing.WaitAsync(closePatience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abort();
        }
    }

    private static MessageKind Kind(WebSocketMessageType type) => type is WebSocketMessageType.Text ? MessageKind.Text : MessageKind.Binary;

    private async ValueTask<Message> RestAsync(CancellationToken token)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        var length = 0;
        try
        {
            while (true)
            {
                // The WebSocket fills what it is given: with more room than this, too long a message would be found out later than it could be.
                var room = Math.Min(buffer.Length, maxMessageBytes + 1) - length;
                var received = await socket.ReceiveAsync(buffer.AsMemory(length, room), token).ConfigureAwait(false);
                if (received.MessageType is WebSocketMessageType.Close)
                {
                    AnswerClose();
                    return new(MessageKind.End, default);
                }

                length += received.Count;
                if (length > maxMessageBytes)
                {
                    WasTooLong = true;
                    return new(MessageKind.TooLong, default);
                }

                if (received.EndOfMessage)
                {
                    if (received is { Count: 0, MessageType: WebSocketMessageType.Text } && !Utf8.IsValid(buffer.AsSpan(0, length)))
                    {
                        // The WebSocket looks at the bytes of frames only: a letter that an empty last frame leaves unfinished is ours to find.
                        Close((int)WebSocketCloseStatus.InvalidPayloadData, "");
                        return new(MessageKind.End, default);
                    }

                    return new(Kind(received.MessageType), buffer.AsSpan(0, length).ToArray());
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>With the peer's own code, so that it does not take its goodbye for a broken connection; when ours came first, it is the peer's that answers.</summary>
    private void AnswerClose()
    {
        lock (_gate)
        {
            if (!_isClosing && !IsTooSlow)
            {
                _isClosing = true;
                Enqueue(new(WebSocketMessageType.Close, default, (int)(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure), ""));
            }
        }
    }

    /// <summary>The WebSocket has given itself up and writes nothing any more.</summary>
    private void SayUnreadable()
    {
        lock (_gate)
        {
            if (!_isClosing)
            {
                _isClosing = true;
                Stream?.TryClose(WebSocketCloseStatus.InvalidPayloadData);
            }
        }
    }

    private bool Send(Outgoing message)
    {
        lock (_gate)
        {
            if (_isClosing || IsTooSlow)
            {
                return false;
            }

            _queued += message.Bytes.Length;
            if (_queued > maxQueued)
            {
                IsTooSlow = true;
                GiveUp();
                return false;
            }

            Enqueue(message);
            return true;
        }
    }

    private void Enqueue(Outgoing message)
    {
        _outgoing.Enqueue(message);
        if (_writing.IsCompleted)
        {
            _writing = WriteAsync();
        }
    }

    private void GiveUp()
    {
        if (SlowClose is var (status, reason))
        {
            GiveUp(status, reason);
        }
        else
        {
            Abort();
        }
    }

    private async Task WriteAsync()
    {
        // Not on the thread of whoever sends, which holds the gate.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (Next() is { } message)
            {
                if (message.Type is WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync((WebSocketCloseStatus)message.Status, message.Reason, CancellationToken.None).ConfigureAwait(false);
                    _ = CutLaterAsync();
                }
                else
                {
                    var flags = IsCompressed && message.Bytes.Length < MinCompressed ? WebSocketMessageFlags.EndOfMessage | WebSocketMessageFlags.DisableCompression : WebSocketMessageFlags.EndOfMessage;
                    await socket.SendAsync(message.Bytes, message.Type, flags, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The reader sees the end, too.
            Abort();
        }
    }

    /// <summary>Never fails; of a connection that has ended by then nothing is left to cut.</summary>
    internal async Task CutLaterAsync()
    {
        await Task.Delay(closePatience, time, CancellationToken.None).ConfigureAwait(false);
        Abort();
    }

    private Outgoing? Next()
    {
        lock (_gate)
        {
            if (!_outgoing.TryDequeue(out var message))
            {
                // Whoever sends next starts again; in the same lock, so that nothing is left lying.
                _writing = Task.CompletedTask;
                return null;
            }

            _queued -= message.Bytes.Length;
            return message;
        }
    }

    private sealed record Outgoing(WebSocketMessageType Type, ReadOnlyMemory<byte> Bytes, int Status, string Reason);
}
