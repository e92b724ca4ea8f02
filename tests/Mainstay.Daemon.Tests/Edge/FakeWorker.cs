using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Daemon.Tests.Edge;

/// <summary>The other end of a control socket, as an edge worker would be.</summary>
internal sealed class FakeWorker : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Channel<EdgeCommand> _commands = Channel.CreateUnbounded<EdgeCommand>();
    private Socket? _connection;
    private Task _reading = Task.CompletedTask;

    public FakeWorker(string path)
    {
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
    }

    public async Task AcceptAsync()
    {
        _connection = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        _reading = ReadAsync(_connection);
        await SayAsync(new EdgeReport(Hello: new EdgeHello(1, "test", 0)));
    }

    public async Task<EdgeCommand> HearAsync() => await _commands.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async Task SayAsync(EdgeReport report) =>
        await _connection!.SendAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(report, WireJson.Default.EdgeReport), (byte)'\n']);

    public async Task HangUpAsync()
    {
        _connection?.Dispose();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        _listener.Dispose();
    }

    private async Task ReadAsync(Socket connection)
    {
        try
        {
            using var reader = new StreamReader(new NetworkStream(connection));
            while (await reader.ReadLineAsync() is { } line)
            {
                _commands.Writer.TryWrite(JsonSerializer.Deserialize(line, WireJson.Default.EdgeCommand)!);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The test hung up.
        }
    }
}
