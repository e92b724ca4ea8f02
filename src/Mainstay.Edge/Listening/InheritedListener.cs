using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Mainstay.Edge.Listening;

/// <summary>An adopted socket that can stop accepting without ending: the server would take an end for the end of all its connections.</summary>
internal sealed class InheritedListener(EndPoint endPoint, IConnectionListener adopted, CancellationToken parked) : IConnectionListener
{
    private static readonly LingerOption NoLinger = new(false, 0);

    private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EndPoint EndPoint => endPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (!parked.IsCancellationRequested)
        {
            try
            {
                var accepted = await adopted.AcceptAsync(parked);
                if (accepted?.Features.Get<IConnectionSocketFeature>() is { Socket: var socket })
                {
                    Prepare(socket);
                }

                return accepted;
            }
            catch (OperationCanceledException)
            {
                // Parked.
            }
        }

        return await _unbound.Task;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.TrySetResult(null);
        await adopted.UnbindAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => adopted.DisposeAsync();

    private static void Prepare(Socket accepted)
    {
        try
        {
            // Accepted sockets inherit it from the listener, and somebody else may have spoilt that one.
            accepted.LingerState = NoLinger;

            // A client that vanished without a word would otherwise keep its WebSocket open for ever.
            accepted.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            accepted.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        }
        catch (SocketException)
        {
            // Already reset by the peer: the first read reports it.
        }
    }
}
