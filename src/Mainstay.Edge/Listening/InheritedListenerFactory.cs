using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Listening;

/// <summary>Gives the server its inherited sockets, and parks all of them at once when the worker drains.</summary>
internal sealed class InheritedListenerFactory : IConnectionListenerFactory, IDisposable
{
    private readonly CancellationTokenSource _parked = new();
    private readonly TimeProvider _time;
    private readonly SocketConnectionContextFactory _connections;

    public InheritedListenerFactory(ILoggerFactory loggers, TimeProvider time)
    {
        _time = time;
        _connections = new(
            new SocketConnectionFactoryOptions { UnsafePreferInlineScheduling = true },
            loggers.CreateLogger<SocketConnectionContextFactory>());
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => endpoint is InheritedEndPoint inherited
        ? new(new InheritedListener(inherited, _connections, _time, _parked.Token))
        : throw new NotSupportedException($"an edge worker binds nothing itself, and was asked for {endpoint}");

    /// <summary>Accepts nothing more; connections that are open stay open, and the sockets stay with whoever else holds them.</summary>
    public void Park() => _parked.Cancel();

    public void Dispose()
    {
        _connections.Dispose();
        _parked.Dispose();
    }
}
