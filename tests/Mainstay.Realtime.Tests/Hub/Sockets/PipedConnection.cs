using System.IO.Pipelines;
using System.Net.WebSockets;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Hub.Sockets;

/// <summary>A connection of a device over two pipes, and its other end; the hub's end reads all the time.</summary>
internal sealed class PipedConnection : IPulsed, IHubClient, IDisposable
{
    private readonly DuplexStream _ours;
    private readonly WebSocket _socket;
    private readonly List<HubClose> _closed = [];

    public PipedConnection(TimeProvider time)
    {
        var (toUs, fromUs) = (new Pipe(), new Pipe());
        var watch = new PeerWatch(time);
        _ours = new(new Ends(toUs.Reader, fromUs.Writer), watch);
        _socket = WebSocket.CreateFromStream(_ours, new() { IsServer = true });
        Socket = new(_socket, 1000, 1 << 20, TimeSpan.FromSeconds(2), time) { Stream = _ours, Watch = watch, SlowClose = (4002, "retry_ms=1000;resume=1") };
        Peer = WebSocket.CreateFromStream(new DuplexStream(new Ends(fromUs.Reader, toUs.Writer)), new() { IsServer = false });
        Reading = ReadAsync();
    }

    public MessageSocket Socket { get; }

    public WebSocket Peer { get; }

    public Task Reading { get; }

    public IReadOnlyList<HubClose> Closed => _closed;

    public IHubClient Client => this;

    public DateTimeOffset? ValidUntil { get; init; }

    public Licence? Licence { get; init; }

    public long Number => 1;

    public Identity Who { get; } = Identity.In(new(IdentityKind.Device, "till-1", [new("north")], [], [], [], []), null)!;

    public DeviceHello? Device => new("till-1", null, null, []);

    public string Session => "s";

    public bool Send(ReadOnlyMemory<byte> frame) => Socket.SendText(frame);

    public void Close(HubClose code, string reason)
    {
        _closed.Add(code);
        Socket.Close((int)code, reason);
    }

    public void GiveUp(HubClose code, string reason)
    {
        _closed.Add(code);
        Socket.GiveUp((int)code, reason);
    }

    /// <summary>The other end reads, and so answers pings, until it is closed.</summary>
    public async Task<WebSocketCloseStatus?> PeerReadsAsync(CancellationToken token)
    {
        var buffer = new byte[128 * 1024];
        while ((await Peer.ReceiveAsync(buffer, token)).MessageType is not WebSocketMessageType.Close)
        {
            // Whatever it is.
        }

        return Peer.CloseStatus;
    }

    public void Dispose()
    {
        Peer.Dispose();
        _socket.Dispose();
        _ours.Dispose();
    }

    private async Task ReadAsync()
    {
        while ((await Socket.ReceiveAsync(default)).Kind is not MessageKind.End)
        {
            // Whatever it is.
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
