using System.Net;
using Mainstay.Linux.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mainstay.Edge.Listening;

/// <summary>Gives the server its inherited sockets, and parks all of them at once when the worker drains.</summary>
/// <remarks>
/// Kestrel's own transport wraps an inherited descriptor without owning it. That matters: disposing an owning handle while an accept
/// is pending would set SO_LINGER{1,0} on the socket that the daemon and other workers share, and later connections would be reset.
/// </remarks>
internal sealed class InheritedListenerFactory(IOptions<SocketTransportOptions> options, ILoggerFactory loggers) : IConnectionListenerFactory, IDisposable
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);
    private readonly CancellationTokenSource _parked = new();

    /// <summary>Both kinds of inlining or neither: with only this one the process is slower than with none.</summary>
    public static void Configure(SocketTransportOptions transport)
    {
        transport.UnsafePreferInlineScheduling = true;

        // Adopting a socket calls listen(2) on it again, which sets the backlog for everybody; the kernel cuts it to net.core.somaxconn.
        transport.Backlog = 4096;
    }

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is NoListener.Nowhere)
        {
            return new NoListener(endpoint);
        }

        if (endpoint is not InheritedEndPoint { Spec: var spec })
        {
            throw new NotSupportedException($"an edge worker binds nothing itself, and was asked for {endpoint}");
        }

        InheritedDescriptors.Keep(spec.Descriptor);
        var adopted = await _sockets.BindAsync(new FileHandleEndPoint((ulong)spec.Descriptor, FileHandleType.Tcp), cancellationToken);
        return new InheritedListener(endpoint, adopted, _parked.Token);
    }

    /// <summary>Accepts nothing more; connections that are open stay open, and the sockets stay with whoever else holds them.</summary>
    public void Park() => _parked.Cancel();

    public void Dispose() => _parked.Dispose();
}
