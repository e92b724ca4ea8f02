using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Mainstay.Edge.Drain;

/// <summary>One connection from a client, as the drain sees it.</summary>
internal sealed class ClientConnection(ConnectionContext context)
{
    private int _active;

    public bool IsIdle => Volatile.Read(ref _active) == 0;

    /// <summary>It carries (or carried) a WebSocket; asking the server to close it would break that off.</summary>
    public bool HasWebSocket { get; set; }

    public bool IsHttp2 { get; private set; }

    public void Enter(bool http2)
    {
        IsHttp2 = http2;
        Interlocked.Increment(ref _active);
    }

    public void Leave() => Interlocked.Decrement(ref _active);

    /// <summary>No further request after those in flight: <c>Connection: close</c> in HTTP/1.1, GOAWAY in HTTP/2.</summary>
    public void RequestClose() => context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
}
