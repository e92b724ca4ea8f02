using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Harness.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection that hides nothing. The framework's client repeats a request quietly when a reused connection turns out
/// to be closed, and so would hide exactly the losses that are counted here.
/// </summary>
public sealed class PlainConnection : IDisposable
{
    private const int LongestHead = 64 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly PipeReader _reader;

    private PlainConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(_stream);
    }

    /// <summary>A close while nothing was asked is the server's right. A good client looks before it sends.</summary>
    public bool WasClosedWhileIdle => _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;

    public static async Task<PlainConnection> OpenAsync(IPEndPoint to, CancellationToken cancel)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, cancel);
            return new(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new RequestLostException(e.SocketErrorCode == SocketError.ConnectionRefused ? FailureKind.Refused : FailureKind.Reset, e.Message, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task<PlainResponse> GetAsync(string path, string host, CancellationToken cancel) =>
        SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n", cancel);

    /// <summary>Sends the bytes of a request exactly as given and reads one answer.</summary>
    public async Task<PlainResponse> SendAsync(string request, CancellationToken cancel)
    {
        var answered = false;
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancel);
            var (status, headers) = await ReadHeadAsync(cancel);
            answered = true;
            return new(status, headers, await ReadBodyAsync(status, headers, cancel));
        }
        catch (IOException e)
        {
            throw new RequestLostException(answered ? FailureKind.Cut : FailureKind.Reset, e.Message, e);
        }
        catch (EndOfStreamWhileReading e)
        {
            throw new RequestLostException(answered ? FailureKind.Cut : FailureKind.Unanswered, e.Message, e);
        }
        catch (OperationCanceledException e)
        {
            throw new RequestLostException(FailureKind.TimedOut, answered ? "in the body" : "before the answer", e);
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<(int Status, Dictionary<string, string> Headers)> ReadHeadAsync(CancellationToken cancel)
    {
        var first = await ReadLineAsync(cancel);
        if (!first.StartsWith("HTTP/1.", StringComparison.Ordinal) || first.Length < 12)
        {
            throw new RequestLostException(FailureKind.Garbled, first);
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var line = await ReadLineAsync(cancel); line.Length > 0; line = await ReadLineAsync(cancel))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {value}" : value;
        }

        return (int.Parse(first.AsSpan(9, 3), CultureInfo.InvariantCulture), headers);
    }

    private async Task<byte[]> ReadBodyAsync(int status, Dictionary<string, string> headers, CancellationToken cancel)
    {
        if (status is 204 or 304 or < 200)
        {
            return [];
        }

        if (headers.TryGetValue("content-length", out var length))
        {
            return await ReadBytesAsync(int.Parse(length, CultureInfo.InvariantCulture), cancel);
        }

        return headers.GetValueOrDefault("transfer-encoding", "").Contains("chunked", StringComparison.OrdinalIgnoreCase)
            ? await ReadChunksAsync(cancel)
            : await ReadToEndAsync(cancel);
    }

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancel)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse((await ReadLineAsync(cancel)).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await body.WriteAsync(await ReadBytesAsync(size, cancel), cancel);
            await ReadLineAsync(cancel);
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<byte[]> ReadToEndAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancel);
            if (read.IsCompleted)
            {
                return read.Buffer.ToArray();
            }

            _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async Task<byte[]> ReadBytesAsync(int count, CancellationToken cancel)
    {
        var read = await _reader.ReadAtLeastAsync(count, cancel);
        if (read.Buffer.Length < count)
        {
            throw new EndOfStreamWhileReading($"closed after {read.Buffer.Length} of {count} bytes");
        }

        var bytes = read.Buffer.Slice(0, count).ToArray();
        _reader.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancel);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                _reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted || read.Buffer.Length > LongestHead)
            {
                throw new EndOfStreamWhileReading("closed");
            }

            _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private sealed class EndOfStreamWhileReading(string message) : Exception(message);
}
