using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Compressed sockets, frame by frame, by a client that writes its own.</summary>
public sealed class HubCompressionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Long_messages_are_compressed_both_ways_and_short_ones_go_as_they_are()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Compression = true });
        using var client = await Frames.OpenAsync(hub, "permessage-deflate; client_max_window_bits");
        Assert.Contains("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n", client.Head, StringComparison.Ordinal);
        await client.SendAsync(Deflated("""{"t":"hello"}"""u8.ToArray()), compressed: true);
        Assert.Contains("welcome", Text(await client.ReadAsync()), StringComparison.Ordinal);
        await client.SendAsync("""{"t":"sub","id":"s","room":"orders"}"""u8.ToArray(), compressed: false);
        var ok = await client.ReadAsync();
        Assert.Equal((1, false), (ok.Opcode, ok.IsCompressed));
        var data = string.Concat(Enumerable.Repeat("soup and bread ", 200));
        for (var i = 0; i < 2; i++)
        {
            // The second one could refer to the first, if anything were kept between them.
            await client.SendAsync(Deflated(Encoding.UTF8.GetBytes($$"""{"t":"pub","id":"p","room":"orders","data":"{{data}}"}""")), compressed: true);
            var frames = new[] { await client.ReadAsync(), await client.ReadAsync() };
            var e = Assert.Single(frames, f => f.IsCompressed);
            Assert.Contains(data, Text(e), StringComparison.Ordinal);
            Assert.InRange(e.Payload.Length, 20, data.Length / 5);
        }
    }

    [Fact]
    public async Task A_message_that_inflates_beyond_the_limit_is_closed_with_1009()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Compression = true });
        using var client = await Frames.OpenAsync(hub, "permessage-deflate");
        await client.SendAsync(Deflated("""{"t":"hello"}"""u8.ToArray()), compressed: true);
        await client.ReadAsync();
        await client.SendAsync(Deflated(new byte[64 << 20]), compressed: true);
        Assert.Equal((8, 1009), await client.CloseAsync());
    }

    [Fact]
    public async Task What_was_not_agreed_is_a_protocol_error()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        using var client = await Frames.OpenAsync(hub, "permessage-deflate");
        Assert.DoesNotContain("Extensions", client.Head, StringComparison.Ordinal);
        await client.SendAsync(Deflated("""{"t":"hello"}"""u8.ToArray()), compressed: true);
        Assert.NotEqual(1, (await client.CloseAsync()).Opcode);
    }

    [Fact]
    public async Task Bytes_that_are_not_compressed_as_they_say_end_the_connection_and_nothing_else()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Compression = true });
        using var client = await Frames.OpenAsync(hub, "permessage-deflate");
        await client.SendAsync([0xff, 0xff, 0xff, 0x12, 0x34], compressed: true);
        Assert.NotEqual(1, (await client.CloseAsync()).Opcode);
        await using var next = await hub.BackendAsync();
    }

    private static string Text(Frame frame)
    {
        if (!frame.IsCompressed)
        {
            return Encoding.UTF8.GetString(frame.Payload);
        }

        using var inflater = new DeflateStream(new MemoryStream([.. frame.Payload, 0, 0, 0xff, 0xff]), CompressionMode.Decompress);
        var text = new byte[1 << 20];
        return Encoding.UTF8.GetString(text, 0, inflater.ReadAtLeast(text, text.Length, throwOnEndOfStream: false));
    }

    /// <summary>As a message: flushed, and without the empty block at its end (RFC 7692 7.2.1).</summary>
    private static byte[] Deflated(byte[] message)
    {
        using var compressed = new MemoryStream();
        using (var deflater = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflater.Write(message);
            deflater.Flush();
            return compressed.ToArray()[..^4];
        }
    }

    private sealed record Frame(int Opcode, bool IsCompressed, byte[] Payload);

    private sealed class Frames(TcpClient tcp, string head) : IDisposable
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

        public string Head => head;

        public static async Task<Frames> OpenAsync(HubUnderTest hub, string extensions)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync("127.0.0.1", hub.Port);
            var stream = tcp.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"GET /hub HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mainstay.hub.v1\r\nAuthorization: Bearer {HubUnderTest.Token("backend", "shop")}\r\nSec-WebSocket-Extensions: {extensions}\r\n\r\n"));
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one).AsTask().WaitAsync(s_patience);
                head.Append((char)one[0]);
            }

            return new(tcp, head.ToString());
        }

        public async Task SendAsync(byte[] payload, bool compressed)
        {
            var head = new byte[14];
            head[0] = (byte)(compressed ? 0xC1 : 0x81);
            var length = 2;
            if (payload.Length < 126)
            {
                head[1] = (byte)(0x80 | payload.Length);
            }
            else
            {
                head[1] = 0xff;
                BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), payload.Length);
                length = 10;
            }

            // A mask of zeros leaves the bytes as they are. In one write: what is refused for its head may be cut before its rest.
            await tcp.GetStream().WriteAsync((byte[])[.. head[..(length + 4)], .. payload]);
        }

        public async Task<Frame> ReadAsync()
        {
            var head = await TakeAsync(2);
            var length = (head[1] & 0x7f) switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(await TakeAsync(2)),
                127 => (int)BinaryPrimitives.ReadInt64BigEndian(await TakeAsync(8)),
                var small => small,
            };
            return new(head[0] & 0xf, (head[0] & 0x40) != 0, await TakeAsync(length));
        }

        /// <summary>The opcode and code of its end; (0, 0) when it was cut.</summary>
        public async Task<(int Opcode, int Code)> CloseAsync()
        {
            try
            {
                while (true)
                {
                    var frame = await ReadAsync();
                    if (frame.Opcode is 8 or 1)
                    {
                        return (frame.Opcode, frame.Opcode is 8 && frame.Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(frame.Payload) : 0);
                    }
                }
            }
            catch (IOException)
            {
                return (0, 0);
            }
        }

        public void Dispose() => tcp.Dispose();

        private async Task<byte[]> TakeAsync(int count)
        {
            var bytes = new byte[count];
            await tcp.GetStream().ReadExactlyAsync(bytes).AsTask().WaitAsync(s_patience);
            return bytes;
        }
    }
}
