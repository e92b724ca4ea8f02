using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class MessageSocketTests : IDisposable
{
    private readonly Pipe _toPeer = new(new(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Pipe _fromPeer = new();
    private readonly DuplexStream _ours;
    private readonly WebSocket _socket;
    private readonly MessageSocket _messages;
    private readonly WebSocket _peer;

    public MessageSocketTests()
    {
        _ours = new(new Ends(_fromPeer.Reader, _toPeer.Writer), new PeerWatch(TimeProvider.System));
        _socket = WebSocket.CreateFromStream(_ours, new() { IsServer = true });
        _messages = new(_socket, 1 << 20, 64 << 20, TimeSpan.FromSeconds(30), TimeProvider.System) { Stream = _ours };
        _peer = WebSocket.CreateFromStream(new DuplexStream(new Ends(_toPeer.Reader, _fromPeer.Writer)), new() { IsServer = false });
    }

    public void Dispose()
    {
        _peer.Dispose();
        _socket.Dispose();
        _ours.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Messages_of_all_lengths_arrive_whole_and_in_order_whoever_writes_them_and_pings_go_between(int seed)
    {
        var random = new Random(seed);
        var sent = Enumerable.Range(0, 400).Select(_ => Bytes(random, LengthOf(random))).ToArray();
        var sending = Task.Run(
            () =>
            {
                foreach (var bytes in sent)
                {
                    Assert.True(bytes.Length % 2 == 0 ? _messages.SendBinary(bytes) : _messages.SendText(bytes));
                    _messages.Ping();
                }

                _messages.Close(1000, "over");
            },
            TestContext.Current.CancellationToken);
        var buffer = new byte[1 << 20];
        foreach (var bytes in sent)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await _peer.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
                length += received.Count;
            }
            while (!received.EndOfMessage);
            Assert.Equal(bytes.Length % 2 == 0 ? WebSocketMessageType.Binary : WebSocketMessageType.Text, received.MessageType);
            Assert.Equal(bytes, buffer[..length]);
        }

        Assert.Equal(WebSocketMessageType.Close, (await _peer.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken)).MessageType);
        await sending;
    }

    [Fact]
    public void Nothing_follows_a_close()
    {
        _messages.Close(1000, "");
        Assert.False(_messages.SendText("late"u8.ToArray()));
    }

    [Fact]
    public async Task A_peer_is_told_that_what_it_compressed_cannot_be_read()
    {
        using var ours = new DuplexStream(new Ends(_fromPeer.Reader, _toPeer.Writer));
        using var socket = WebSocket.CreateFromStream(ours, new() { IsServer = true, DangerousDeflateOptions = new() });
        var messages = new MessageSocket(socket, 1 << 20, 64 << 20, TimeSpan.FromSeconds(30), TimeProvider.System) { Stream = ours, IsCompressed = true };
        await _fromPeer.Writer.WriteAsync(new byte[] { 0xC1, 0x84, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF }, TestContext.Current.CancellationToken);

        Assert.Equal(MessageKind.End, (await messages.ReceiveAsync(TestContext.Current.CancellationToken)).Kind);

        Assert.True(_toPeer.Reader.TryRead(out var written));
        Assert.Equal([0x88, 2, 1007 >> 8, 1007 & 0xFF], written.Buffer.ToArray());
    }

    /// <summary>Around the bounds of a frame's head and of what is written at once; most are short.</summary>
    private static int LengthOf(Random random) => random.Next(8) switch
    {
        0 => random.Next(120, 132),
        1 => random.Next(16 * 1024 - 4, 16 * 1024 + 4),
        2 => random.Next(65_530, 65_545),
        3 => 0,
        _ => random.Next(1, 2000),
    };

    /// <summary>Letters, so that they may be texts as well.</summary>
    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        foreach (ref var b in bytes.AsSpan())
        {
            b = (byte)random.Next('a', 'z' + 1);
        }

        return bytes;
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
