using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Realtime.Serving;

/// <summary>Where a process talks to who runs it (sd_notify): one datagram for each thing said.</summary>
/// <param name="address">As in NOTIFY_SOCKET: a path, or @ and a name without one; null: nobody listens.</param>
internal sealed class SupervisorSocket(string? address)
{
    /// <summary>A stop that is under way may take so long from now on.</summary>
    /// <returns>False when nobody heard it.</returns>
    public bool ExtendTimeout(TimeSpan more) => Say(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)more.TotalMicroseconds}"));

    private bool Say(string text)
    {
        if (address is not { Length: > 1 })
        {
            return false;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            return socket.SendTo(Encoding.ASCII.GetBytes(text), new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address)) > 0;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The daemon is away at this moment: its next one opens the socket again, and the next word arrives.
            return false;
        }
    }
}
