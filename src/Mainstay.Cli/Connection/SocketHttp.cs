using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Cli.Connection;

/// <summary>
/// One HTTP/1.1 request over a unix socket. The daemon is the only server this ever talks to, and loading the framework's
/// HTTP client costs a command more than its whole work (docs/decisions/2026-11-22-cli-startup.md).
/// </summary>
internal static class SocketHttp
{
    private const int MaxHeadBytes = 32 * 1024;

    /// <summary>Sends and returns once the response's head is there. Throws <see cref="SocketException"/> when nobody listens and <see cref="IOException"/> when the answer breaks off.</summary>
    public static async Task<SocketResponse> SendAsync(string socketPath, string method, string target, ReadOnlyMemory<byte> body, CancellationToken token)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), token);
            var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(Head(method, target, body.Length), token);
            if (!body.IsEmpty)
            {
                await stream.WriteAsync(body, token);
            }

            return await ReadHeadAsync(new BufferedReader(stream), token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] Head(string method, string target, int length)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: mainstay\r\nConnection: close\r\nAccept: application/json, application/x-ndjson\r\n");
        if (method != "GET")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {length}\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    private static async Task<SocketResponse> ReadHeadAsync(BufferedReader reader, CancellationToken token)
    {
        var budget = MaxHeadBytes;
        var status = StatusOf(await HeadLineAsync());
        long? length = null;
        var chunked = false;
        while (await HeadLineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon > 0 ? (line[..colon], line[(colon + 1)..].Trim()) : (line, "");
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
            }
            else if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                chunked = value.Equals("chunked", StringComparison.OrdinalIgnoreCase);
            }
        }

        return new(status, new BodyStream(reader, chunked ? null : length, chunked));

        async ValueTask<string> HeadLineAsync()
        {
            var line = await reader.ReadLineAsync(budget, token) ?? throw new EndOfStreamException("the answer ended in its head");
            budget -= line.Length + 2;
            return line;
        }
    }

    private static int StatusOf(string line)
    {
        // "HTTP/1.1 200 OK"
        if (line.Length >= 12 && line.StartsWith("HTTP/1.", StringComparison.Ordinal)
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return status;
        }

        throw new IOException("the answer is not HTTP");
    }
}

/// <summary>A response whose head was read; the body is read from <paramref name="Body"/>. Dispose it.</summary>
internal sealed record SocketResponse(int Status, BodyStream Body) : IDisposable
{
    public void Dispose() => Body.Dispose();
}
