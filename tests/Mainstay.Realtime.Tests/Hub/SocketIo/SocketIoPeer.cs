using System.Net.WebSockets;
using System.Text;
using Mainstay.Realtime.Tests.Hub.Service;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

/// <summary>The other end of a connection that speaks Socket.IO, frame by frame.</summary>
internal sealed class SocketIoPeer : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();

    public int? CloseCode => (int?)_socket.CloseStatus;

    public static async Task<SocketIoPeer> OpenAsync(HubUnderTest hub, string query = "EIO=4&transport=websocket", string? origin = null)
    {
        var peer = new SocketIoPeer();
        if (origin is not null)
        {
            peer._socket.Options.SetRequestHeader("Origin", origin);
        }

        await peer._socket.ConnectAsync(new($"ws://127.0.0.1:{hub.Port}/socket.io/?{query}"), default);
        Assert.StartsWith("0{\"sid\":\"", await peer.NextAsync(), StringComparison.Ordinal);
        return peer;
    }

    public static async Task<SocketIoPeer> JoinAsync(HubUnderTest hub, string token, string? origin = null)
    {
        var peer = await OpenAsync(hub, origin: origin);
        await peer.SendAsync($$"""40{"token":"{{token}}"}""");
        Assert.StartsWith("40{\"sid\":\"", await peer.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("42[\"hub\",{\"t\":\"welcome\"", await peer.NextAsync(), StringComparison.Ordinal);
        return peer;
    }

    public async Task SendAsync(string frame) => await _socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, default);

    /// <summary>Null at the end.</summary>
    public async Task<string?> NextAsync()
    {
        var buffer = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(s_patience);
        var received = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        if (received.MessageType is not WebSocketMessageType.Close)
        {
            return Encoding.UTF8.GetString(buffer, 0, received.Count);
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        return null;
    }

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
    }
}
