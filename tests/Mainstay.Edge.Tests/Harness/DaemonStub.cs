using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Tests.Harness;

/// <summary>The other end of the control socket.</summary>
internal sealed class DaemonStub : IDisposable
{
    private readonly Channel<EdgeReport> _reports = Channel.CreateUnbounded<EdgeReport>();
    private readonly Socket _socket;

    private DaemonStub(Socket socket, bool read)
    {
        _socket = socket;
        if (read)
        {
            Reading = ReadAsync();
        }
    }

    public Task Reading { get; } = Task.CompletedTask;

    public Socket Socket => _socket;

    /// <summary>Everything seen so far.</summary>
    public List<EdgeReport> Seen { get; } = [];

    public static async Task<DaemonStub> ConnectAsync(string path, bool read = true)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new(socket, read);
    }

    public Task SendAsync(EdgeCommand command) => SendLineAsync(JsonSerializer.Serialize(command, WireJson.Default.EdgeCommand) + "\n");

    public async Task SendLineAsync(string text)
    {
        for (var bytes = Encoding.UTF8.GetBytes(text).AsMemory(); !bytes.IsEmpty;)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    /// <summary>The first report, from now on, that fits; those before it are only remembered.</summary>
    public async Task<EdgeReport> UntilAsync(Func<EdgeReport, bool> fits)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var report = await _reports.Reader.ReadAsync(patience.Token);
            Seen.Add(report);
            if (fits(report))
            {
                return report;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(new NetworkStream(_socket));
            while (await reader.ReadLineAsync() is { } line)
            {
                await _reports.Writer.WriteAsync(JsonSerializer.Deserialize(line, WireJson.Default.EdgeReport)!);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SocketException)
        {
            // The worker is gone.
        }

        _reports.Writer.TryComplete();
    }
}
