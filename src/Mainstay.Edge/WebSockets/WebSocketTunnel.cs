using System.Buffers;
using System.Net.Sockets;
using Mainstay.Edge.Forwarding.Upstream;
using Mainstay.Edge.Traffic;

namespace Mainstay.Edge.WebSockets;

/// <summary>One open WebSocket: bytes both ways, unchanged, until one side ends or we say Close to both.</summary>
internal sealed class WebSocketTunnel : IDisposable
{
    private const int Buffer = 8 * 1024;

    // One side has ended; the other gets this long to say its last words.
    private static readonly TimeSpan HalfClosed = TimeSpan.FromSeconds(5);

    private readonly Stream _client;
    private readonly UpstreamConnection _upstream;
    private readonly EdgeLimits _limits;
    private readonly TimeProvider _time;
    private readonly FrameRelay _toClient;
    private readonly FrameRelay _toUpstream;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _echoed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _bothSaidClose = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _closing = Task.CompletedTask;

    public WebSocketTunnel(Stream client, UpstreamConnection upstream, InstanceTraffic instance, EdgeLimits limits, TimeProvider time)
    {
        _client = client;
        _upstream = upstream;
        _limits = limits;
        _time = time;
        Instance = instance;
        _toClient = new(WriteToClientAsync, CloseFrame.ToClient);
        _toUpstream = new(WriteToUpstreamAsync, CloseFrame.ToServer);
    }

    public InstanceTraffic Instance { get; }

    /// <summary>When we say Close, as a timestamp; 0 for not at all. Kept by <see cref="OpenWebSockets"/>.</summary>
    public long CloseAt { get; set; }

    public bool IsClosing { get; private set; }

    /// <summary>Runs until the WebSocket is over.</summary>
    public async Task RunAsync()
    {
        var down = FromUpstreamAsync();
        var up = FromClientAsync();
        await Task.WhenAny(down, up);
        try
        {
            // An instance that died without a Close listens to no last words, and whoever waits for it is to know at once.
            if (!down.IsCompleted || _toClient.SenderClosed)
            {
                await Task.WhenAny(Task.WhenAll(down, up), _bothSaidClose.Task).WaitAsync(HalfClosed, _time, CancellationToken.None);
            }
        }
        catch (TimeoutException)
        {
            // The other side had its time.
        }

        await EndAsync();
        await Task.WhenAll(down, up);
        await _closing;
    }

    /// <summary>Says Close 1001 to both sides at the next frame boundaries, waits a little for their answers, and ends. Returns at once.</summary>
    public void BeginClose()
    {
        if (!IsClosing)
        {
            IsClosing = true;
            _closing = CloseAsync();
        }
    }

    /// <summary>Ends without a word.</summary>
    public Task CutAsync() => EndAsync();

    public void Dispose()
    {
        _toClient.Dispose();
        _toUpstream.Dispose();
        _end.Dispose();
    }

    private async Task CloseAsync()
    {
        try
        {
            await _toClient.CloseAsync();
            await _toUpstream.CloseAsync();
            await _echoed.Task.WaitAsync(_limits.WebSocketClose, _time, _end.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or TimeoutException or InvalidOperationException)
        {
            // It ended by itself meanwhile, or did not answer in time.
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        try
        {
            await _end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself while somebody else was about to end it.
        }

        _upstream.Dispose();
    }

    private async Task FromUpstreamAsync()
    {
        try
        {
            if (_upstream.Unread is { IsEmpty: false } early)
            {
                // Frames that came in one piece with the handshake's answer.
                var first = early.ToArray();
                _upstream.Consume(first.Length);
                await _toClient.PassAsync(first);
            }

            while (true)
            {
                await _upstream.ReadableAsync();
                var count = await _upstream.ReceiveAsync();
                if (count == 0)
                {
                    break;
                }

                _upstream.Received(count);
                await _toClient.PassAsync(_upstream.UnreadMemory);
                _upstream.Consume(count);
                Echoed();
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            await _end.CancelAsync();
        }
    }

    private async Task FromClientAsync()
    {
        try
        {
            while (true)
            {
                // Nothing is rented while nothing comes: most WebSockets are silent most of the time.
                _ = await _client.ReadAsync(Memory<byte>.Empty, _end.Token);
                var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
                try
                {
                    var count = await _client.ReadAsync(buffer, _end.Token);
                    if (count == 0)
                    {
                        break;
                    }

                    await _toUpstream.PassAsync(buffer.AsMemory(0, count));
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }

                Echoed();
            }

            _upstream.EndSending();
        }
        catch (Exception e) when (IsEnd(e))
        {
            _upstream.Dispose();
        }
    }

    private void Echoed()
    {
        if (!_toClient.SenderClosed || !_toUpstream.SenderClosed)
        {
            return;
        }

        _bothSaidClose.TrySetResult();
        if (IsClosing)
        {
            _echoed.TrySetResult();
        }
    }

    private async ValueTask WriteToClientAsync(ReadOnlyMemory<byte> bytes)
    {
        await _client.WriteAsync(bytes, _end.Token);
        await _client.FlushAsync(_end.Token);
    }

    private async ValueTask WriteToUpstreamAsync(ReadOnlyMemory<byte> bytes) => await _upstream.SendAsync(bytes);

    private static bool IsEnd(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
