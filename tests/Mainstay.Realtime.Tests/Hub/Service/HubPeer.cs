using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>The other end of a connection to a hub. Messages are read as they come; whoever looks for one skips those of other kinds.</summary>
internal sealed class HubPeer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonElement> _messages = Channel.CreateUnbounded<JsonElement>();
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;

    public JsonElement Welcome { get; private set; }

    public int? CloseCode => (int?)_socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>Completes when the hub has ended the connection.</summary>
    public Task Ended => _reading;

    public static async Task<HubPeer> OpenAsync(HubUnderTest hub, string? token = null, string? origin = null)
    {
        var peer = new HubPeer();
        peer._socket.Options.AddSubProtocol("mainstay.hub.v1");
        if (token is not null)
        {
            peer._socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }

        if (origin is not null)
        {
            peer._socket.Options.SetRequestHeader("Origin", origin);
        }

        await peer._socket.ConnectAsync(new($"ws://127.0.0.1:{hub.Port}/hub"), default);
        peer._reading = peer.ReadAsync();
        return peer;
    }

    public static async Task<HubPeer> JoinAsync(HubUnderTest hub, string token, string hello, string? origin = null)
    {
        var peer = await OpenAsync(hub, token, origin);
        await peer.SendAsync(hello);
        peer.Welcome = await peer.NextAsync("welcome");
        return peer;
    }

    public async Task SendAsync(string json)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, default);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next message of a kind.</summary>
    public async Task<JsonElement> NextAsync(string kind, Func<JsonElement, bool>? which = null)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var message = await _messages.Reader.ReadAsync(patience.Token);
            if (message.GetProperty("t").GetString() == kind && (which is null || which(message)))
            {
                return message;
            }
        }
    }

    /// <summary>All that came and was not looked at.</summary>
    public IReadOnlyList<JsonElement> Rest()
    {
        var rest = new List<JsonElement>();
        while (_messages.Reader.TryRead(out var message))
        {
            rest.Add(message);
        }

        return rest;
    }

    /// <summary>Whatever the hub has said before this is here afterwards.</summary>
    public async Task<IReadOnlyList<JsonElement>> UntilPongAsync(int n = 77)
    {
        await SendAsync($$"""{"t":"ping","n":{{n}}}""");
        var before = new List<JsonElement>();
        using var patience = new CancellationTokenSource(s_patience);
        while (await _messages.Reader.ReadAsync(patience.Token) is var message)
        {
            if (message.Is("pong"))
            {
                break;
            }

            before.Add(message);
        }

        return before;
    }

    public Task EndedAsync() => _reading.WaitAsync(s_patience);

    /// <summary>Without a close: the network is gone.</summary>
    public void Cut() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[512 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await _socket.ReceiveAsync(buffer.AsMemory(length), default);
                    length += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType is WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);
                    break;
                }

                using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
                _messages.Writer.TryWrite(document.RootElement.Clone());
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It ended without a close.
        }

        _messages.Writer.TryComplete();
    }
}

internal static class HubMessages
{
    public static bool Is(this JsonElement message, string kind) => message.GetProperty("t").GetString() == kind;

    public static string Text(this JsonElement message, string field) => message.GetProperty(field).GetString()!;
}
