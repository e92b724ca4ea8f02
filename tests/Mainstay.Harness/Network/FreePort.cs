using System.Net;
using System.Net.Sockets;

namespace Mainstay.Harness.Network;

/// <summary>Hands out loopback ports that nobody listens on, each once per run.</summary>
public static class FreePort
{
    // Below the ports that Mainstay picks for services (20000 and up) and below the ephemeral range (32768 and up): there, a service of another
    // test or an outgoing connection of the load could take the port meanwhile.
    private const int First = 10_000;
    private const int Count = 10_000;

    private static int _next = Environment.ProcessId * 37 % Count;

    public static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref _next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free port between 10000 and 20000");
    }

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
