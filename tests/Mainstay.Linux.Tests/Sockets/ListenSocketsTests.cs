using System.Net;
using Mainstay.Linux.Files;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Sockets;

namespace Mainstay.Linux.Tests.Sockets;

public sealed class ListenSocketsTests
{
    [Fact]
    public void Both_families_share_a_port_and_no_child_inherits_either()
    {
        using var four = ListenSockets.Bind(IPAddress.Any, 0, 16);
        var port = ListenSockets.ListenPort(four)!.Value;
        using var six = ListenSockets.Bind(IPAddress.IPv6Any, port, 16);
        Assert.Equal(port, ListenSockets.ListenPort(six));
        Assert.Equal(1, Libc.Fcntl(four, Libc.F_GETFD, 0));
        Assert.Equal(1, Libc.Fcntl(six, Libc.F_GETFD, 0));
        Assert.False(ListenSockets.IsFree(port));
    }

    [Fact]
    public void Only_a_listening_socket_has_a_port()
    {
        var (read, write) = Pipes.Make();
        Assert.Null(ListenSockets.ListenPort(read));
        using var notify = NotifySocket.Bind($"@mainstay-test-{Environment.ProcessId}");
        Assert.Null(ListenSockets.ListenPort(notify.Descriptor));
        read.Dispose();
        write.Dispose();
    }

    [Fact]
    public void A_refusal_names_the_address()
    {
        var refused = Assert.Throws<LinuxException>(() => ListenSockets.Bind(IPAddress.Parse("192.0.2.1"), 8080, 16));
        Assert.Equal(Errno.EADDRNOTAVAIL, refused.Errno);
        Assert.Equal("binding 192.0.2.1:8080: Cannot assign requested address", refused.Message);
    }
}
