using System.IO.Pipelines;
using System.Net.WebSockets;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class DuplexStreamTests
{
    /// <summary>More than a pipe takes without its reader.</summary>
    private const int TooMuch = 1 << 20;

    private readonly Pipe _toUs = new();
    private readonly Pipe _fromUs = new();

    private DuplexStream Stream => new(new Pipes(_toUs.Reader, _fromUs.Writer));

    [Fact]
    public async Task A_websocket_that_is_aborted_stops_receiving_from_a_mute_peer()
    {
        using var socket = WebSocket.CreateFromStream(Stream, new() { IsServer = true });
        var receiving = socket.ReceiveAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken).AsTask();

        socket.Abort();

        var end = await Assert.ThrowsAnyAsync<Exception>(() => receiving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.True(end is WebSocketException or OperationCanceledException, end.ToString());
    }

    [Fact]
    public async Task A_websocket_that_is_aborted_stops_sending_to_a_peer_that_does_not_read()
    {
        using var socket = WebSocket.CreateFromStream(Stream, new() { IsServer = true });
        var sending = socket.SendAsync(new byte[TooMuch], WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);

        socket.Abort();

        var end = await Assert.ThrowsAnyAsync<Exception>(() => sending.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.True(end is WebSocketException or OperationCanceledException or IOException, end.ToString());
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
