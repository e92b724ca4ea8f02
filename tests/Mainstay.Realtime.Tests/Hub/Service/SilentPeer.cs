using System.Net.WebSockets;
using System.Text;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>A peer that joins a room and then does not read any more, until it is told to.</summary>
internal sealed class SilentPeer : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<SilentPeer> JoinAsync(HubUnderTest hub, string room)
    {
        var peer = new SilentPeer();
        peer._socket.Options.AddSubProtocol("mainstay.hub.v1");
        peer._socket.Options.SetRequestHeader("Authorization", "Bearer " + HubUnderTest.Token("backend", "slow"));
        await peer._socket.ConnectAsync(new($"ws://127.0.0.1:{hub.Port}/hub"), default);
        await peer.SendAsync("""{"t":"hello"}""");
        await peer.SendAsync($$"""{"t":"sub","id":"s","room":"{{room}}"}""");
        var buffer = new byte[4096];
        await peer._socket.ReceiveAsync(buffer, default);
        await peer._socket.ReceiveAsync(buffer, default);
        return peer;
    }

    /// <summary>Reads all that is still there; the code and reason at its end.</summary>
    public async Task<(int? Code, string? Reason)> ReadToCloseAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[256 * 1024];
        while ((await _socket.ReceiveAsync(buffer, patience.Token)).MessageType is not WebSocketMessageType.Close)
        {
            // What was on its way.
        }

        return ((int?)_socket.CloseStatus, _socket.CloseStatusDescription);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendAsync(string json) => _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, default);
}
