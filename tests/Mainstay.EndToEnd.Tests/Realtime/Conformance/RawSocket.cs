using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>A frame of the server's.</summary>
internal sealed record ServerFrame(int Opcode, bool IsFinal, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>TCP to a server of WebSockets, with every byte as the test wants it.</summary>
internal sealed class RawSocket : IDisposable
{
    private const int Longest = 2 << 20;

    private readonly Socket _socket;
    private readonly BufferedStream _stream;

    private RawSocket(Socket socket) => (_socket, _stream) = (socket, new(new NetworkStream(socket), 16 * 1024));

    public static async Task<RawSocket> ConnectAsync(int port, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), token);
        return new(socket);
    }

    public async Task WriteAsync(byte[] bytes, CancellationToken token)
    {
        for (var rest = (ReadOnlyMemory<byte>)bytes; !rest.IsEmpty;)
        {
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, token)..];
        }
    }

    /// <summary>The head of an answer, its lines; then what follows of it, until the server ends or, when it is a WebSocket now, nothing.</summary>
    public async Task<(string[] Head, string Body)> ReadAnswerAsync(CancellationToken token)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await ByteAsync(token) is { } b)
        {
            head.Append((char)b);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var length = lines.Where(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Select(l => int.Parse(l[15..], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
        return (lines, Encoding.UTF8.GetString(await BytesAsync(length, token) ?? []));
    }

    /// <summary>Null when the connection has ended, however.</summary>
    public async Task<ServerFrame?> ReadFrameAsync(CancellationToken token)
    {
        try
        {
            if (await BytesAsync(2, token) is not [var first, var second])
            {
                return null;
            }

            Assert.True((first & 0x70) == 0, $"the server's frame has reserved bits: {first:x2}");
            Assert.True((second & 0x80) == 0, "the server's frame is masked");
            var length = (second & 0x7F) switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(await BytesAsync(2, token) ?? throw new EndOfStreamException()),
                127 => (int)BinaryPrimitives.ReadUInt64BigEndian(await BytesAsync(8, token) ?? throw new EndOfStreamException()),
                var few => few,
            };
            Assert.InRange(length, 0, Longest);
            return await BytesAsync(length, token) is { } payload ? new(first & 0xF, (first & 0x80) != 0, payload) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<int?> ByteAsync(CancellationToken token) => await BytesAsync(1, token) is [var b] ? b : null;

    /// <summary>Null when there are not so many.</summary>
    private async Task<byte[]?> BytesAsync(int count, CancellationToken token)
    {
        var bytes = new byte[count];
        return await _stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, token) == count ? bytes : null;
    }
}
