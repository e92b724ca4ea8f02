using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Daemon.Edge;

/// <summary>The daemon's end of a worker's control socket: newline-delimited JSON both ways.</summary>
internal sealed class EdgeConnection : IAsyncDisposable
{
    /// <summary>A worker cuts its longest report, the counts of many instances, into lines of at most 40 KB; more than this is not a worker speaking.</summary>
    private const int MaxReportBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _sending = new(1, 1);

    private EdgeConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public static async Task<EdgeConnection> ConnectAsync(string path, CancellationToken token)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
            return new EdgeConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(EdgeCommand command, CancellationToken token)
    {
        var line = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(line))
        {
            JsonSerializer.Serialize(writer, command, WireJson.Default.EdgeCommand);
        }

        line.Write("\n"u8);
        await _sending.WaitAsync(token);
        try
        {
            await _stream.WriteAsync(line.WrittenMemory, token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Ends when the worker closes the connection; throws when it breaks or speaks nonsense.</summary>
    public async IAsyncEnumerable<EdgeReport> ReportsAsync([EnumeratorCancellation] CancellationToken token)
    {
        var reader = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 1024, leaveOpen: true));
        while (true)
        {
            var read = await reader.ReadAsync(token);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                yield return Parse(buffer.Slice(0, end));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MaxReportBytes)
            {
                throw new InvalidDataException($"an edge worker sent a line of more than {MaxReportBytes} bytes");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                yield break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
        _sending.Dispose();
    }

    private static EdgeReport Parse(ReadOnlySequence<byte> line)
    {
        var json = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref json, WireJson.Default.EdgeReport) ?? throw new InvalidDataException("an edge worker sent null");
    }
}
