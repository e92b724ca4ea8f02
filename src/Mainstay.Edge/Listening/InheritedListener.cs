using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Mainstay.Edge.Listening;

/// <summary>Accepts on a socket that belongs to the daemon.</summary>
/// <remarks>
/// The handle does not own the descriptor: disposing an owning handle with an accept pending would set SO_LINGER{1,0} on the
/// shared socket, and every later connection in every process would end with a reset.
/// </remarks>
internal sealed class InheritedListener : IConnectionListener
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(20);
    private static readonly LingerOption NoLinger = new(false, 0);

    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _connections;
    private readonly TimeProvider _time;
    private readonly CancellationToken _parked;
    private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InheritedListener(InheritedEndPoint endPoint, SocketConnectionContextFactory connections, TimeProvider time, CancellationToken parked)
    {
        EndPoint = endPoint;
        _socket = new(new SafeSocketHandle(endPoint.Spec.Descriptor, ownsHandle: false));
        _connections = connections;
        _time = time;
        _parked = parked;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_parked.IsCancellationRequested)
        {
            try
            {
                var accepted = await _socket.AcceptAsync(_parked);
                Prepare(accepted);
                return _connections.Create(accepted);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException)
            {
                // The peer was gone before it was accepted, or descriptors ran out: neither may end the accept loop, nor make it spin.
                await Task.Delay(AfterFailure, _time, cancellationToken);
            }
        }

        // Returning null would make the server end its loop, and with it the endpoint; a parked listener just has nothing to give.
        return await _unbound.Task;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.TrySetResult(null);
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);

    private static void Prepare(Socket accepted)
    {
        try
        {
            accepted.NoDelay = true;
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
