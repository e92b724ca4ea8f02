using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Sockets;

/// <summary>TCP sockets that listen for others: made here, passed to the processes that accept, and kept so that no restart of those closes the port.</summary>
/// <remarks>
/// Never wrap such a descriptor in a <see cref="Socket"/> that owns it: closing that one, with an accept pending, makes the shared
/// socket reset its connections or stop listening for everybody.
/// </remarks>
public static unsafe class ListenSockets
{
    private const int LargestAddress = 28;

    /// <summary>Binds and listens; close-on-exec, and an IPv6 address takes IPv6 only, so that the pair of both can be bound.</summary>
    /// <param name="port">0 lets the kernel choose.</param>
    /// <exception cref="LinuxException">EADDRINUSE, EACCES (a low port), EADDRNOTAVAIL.</exception>
    public static Descriptor Bind(IPAddress address, int port, int backlog)
    {
        var socket = Bound(address, port, onlyV6: true);
        if (Libc.Listen(socket, backlog) < 0)
        {
            var error = Libc.Error($"listening on {new IPEndPoint(address, port)}");
            socket.Dispose();
            throw error;
        }

        return socket;
    }

    /// <summary>Whether nobody listens on this port on any address of this host.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            Bound(IPAddress.IPv6Any, port, onlyV6: false).Dispose();
            return true;
        }
        catch (LinuxException e) when (e.Errno is Errno.EADDRINUSE or Errno.EACCES)
        {
            return false;
        }
        catch (LinuxException)
        {
            // No IPv6 on this host.
            return IsFreeV4(port);
        }
    }

    private static bool IsFreeV4(int port)
    {
        try
        {
            Bound(IPAddress.Any, port, onlyV6: false).Dispose();
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    /// <summary>The port that a socket is bound to, or null when it is no TCP socket that listens.</summary>
    public static int? ListenPort(Descriptor socket)
    {
        int listening;
        var length = (uint)sizeof(int);
        if (Libc.GetSocketOption(socket, Libc.SOL_SOCKET, Libc.SO_ACCEPTCONN, &listening, &length) < 0 || listening == 0)
        {
            return null;
        }

        var address = stackalloc byte[128];
        length = 128;
        Libc.Check(Libc.GetSocketName(socket, address, &length), "asking a socket for its address");
        return *(ushort*)address is Libc.AF_INET or Libc.AF_INET6 ? BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + 2, 2)) : null;
    }

    /// <summary>Takes back what a dying acceptor may have done to the shared socket: connections accepted later would be reset on close.</summary>
    public static void ResetLinger(Descriptor socket)
    {
        var off = 0L;
        Libc.Check(Libc.SetSocketOption(socket, Libc.SOL_SOCKET, Libc.SO_LINGER, &off, sizeof(long)), "resetting a listener's linger");
    }

    private static Descriptor Bound(IPAddress address, int port, bool onlyV6)
    {
        var family = address.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET;
        var attempt = $"binding {new IPEndPoint(address, port)}";
        var socket = new Descriptor(Libc.Check(Libc.Socket(family, Libc.SOCK_STREAM | Libc.SOCK_CLOEXEC, 0), attempt));
        try
        {
            Set(socket, Libc.SOL_SOCKET, Libc.SO_REUSEADDR, 1);
            if (family == Libc.AF_INET6)
            {
                Set(socket, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, onlyV6 ? 1 : 0);
            }

            var bytes = stackalloc byte[LargestAddress];
            var length = Fill(new Span<byte>(bytes, LargestAddress), family, address, port);
            Libc.Check(Libc.Bind(socket, bytes, length), attempt);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static uint Fill(Span<byte> bytes, int family, IPAddress address, int port)
    {
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        if (family == Libc.AF_INET)
        {
            address.TryWriteBytes(bytes[4..8], out _);
            return 16;
        }

        address.TryWriteBytes(bytes[8..24], out _);
        MemoryMarshal.Write(bytes[24..], (uint)address.ScopeId);
        return LargestAddress;
    }

    private static void Set(Descriptor socket, int level, int option, int value) =>
        Libc.Check(Libc.SetSocketOption(socket, level, option, &value, sizeof(int)), "setting a socket option");
}
