using System.Net;
using System.Net.Sockets;

namespace Mainstay.Supervisor.Probes;

/// <summary>Connects to a service the way its traffic will come: on the IPv4 loopback address.</summary>
internal static class LoopbackConnection
{
    /// <summary>An open connection, or why there is none.</summary>
    public static async Task<(Socket? Socket, string Refusal)> OpenAsync(int port, CancellationToken token)
    {
        var socket = await TryAsync(IPAddress.Loopback, port, token).ConfigureAwait(false);
        if (socket is not null)
        {
            return (socket, "");
        }

        // Only to say what is wrong: traffic goes to 127.0.0.1, so what answers here would never get any.
        using var other = await TryAsync(IPAddress.IPv6Loopback, port, token).ConfigureAwait(false);
        return (null, other is null
            ? $"connection refused on 127.0.0.1:{port}"
            : $"connection refused on 127.0.0.1:{port}; the service listens on [::1]:{port} only (\"localhost\" became the IPv6 address)");
    }

    private static async Task<Socket?> TryAsync(IPAddress address, int port, CancellationToken token)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), token).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
