using System.Net;
using System.Net.Sockets;
using Mainstay.Linux.Interop;
using Mainstay.Supervisor.Processes;
using Mainstay.Testing;

namespace Mainstay.Linux.Tests.Adapters;

public sealed class LinuxListenPortsTests : IDisposable
{
    private const string Web = "web-1#4";

    private readonly Kernel _kernel = new();
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly LinuxListenPorts _ports;

    public LinuxListenPortsTests() => _ports = new LinuxListenPorts(_time, new Random(7));

    public void Dispose()
    {
        _ports.Dispose();
        _kernel.Dispose();
    }

    [Fact]
    public void A_picked_port_is_free_outside_the_ephemeral_range_and_not_picked_again_soon()
    {
        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t').Select(int.Parse).ToArray();
        var picked = Enumerable.Range(0, 300).Select(_ => _ports.Pick()).ToList();
        Assert.Equal(picked.Count, picked.Distinct().Count());
        Assert.All(picked, port => Assert.True(port < range[0] || port > range[1], $"{port}"));
    }

    [Fact]
    public void A_port_on_which_somebody_listens_is_not_free_whatever_the_address()
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.Any, IPAddress.IPv6Any, IPAddress.IPv6Loopback])
        {
            var port = _ports.Pick();
            Assert.Null(_ports.Holder(port));
            using var socket = Mainstay.Linux.Sockets.ListenSockets.Bind(address, port, 1);
            Assert.StartsWith($"pid {Environment.ProcessId}, ", _ports.Holder(port), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_listening_socket_is_made_once_and_kept()
    {
        var first = _ports.Listen(Web, null, null);
        Assert.Equal(first, _ports.Listen(Web, null, null));
        Assert.Equal(first, _ports.Listen(Web, first.Port, null));
        using (new TcpClient("127.0.0.1", first.Port))
        {
        }

        _ports.Release(Web);
        Assert.Null(_ports.Holder(first.Port));
        var next = _ports.Listen(Web, first.Port, null);
        Assert.Equal(first.Port, next.Port);
    }

    [Fact]
    public void A_taken_port_is_an_error_that_names_it()
    {
        var port = _ports.Listen(Web, null, null).Port;
        var refused = Assert.Throws<LinuxException>(() => _ports.Listen("other-1#5", port, null));
        Assert.Equal(Errno.EADDRINUSE, refused.Errno);
        Assert.Contains($"127.0.0.1:{port}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_daemons_death_the_same_socket_is_taken_back_from_the_service()
    {
        var socket = _ports.Listen(Web, null, null);
        var service = _kernel.Start(_kernel.Shell("exec sleep 1000") with { Descriptors = [(socket.Descriptor, LinuxListenPorts.ChildDescriptor)] });
        _ports.Release(Web);

        using var next = new LinuxListenPorts(_time, new Random(8));
        Assert.Equal(socket.Port, next.Listen(Web, null, service.Identity).Port);

        // Bound anew it would be refused: the service still has the port.
        using var another = new LinuxListenPorts(_time, new Random(9));
        Assert.Throws<LinuxException>(() => another.Listen(Web, socket.Port, null));
    }

    [Fact]
    public void What_lies_under_the_sockets_number_is_taken_only_if_it_is_that_socket()
    {
        var file = _kernel.Write("file", "");
        using var open = new Descriptor(Libc.Open(file, Libc.RDONLY | Libc.CLOEXEC, 0));
        var service = _kernel.Start(_kernel.Shell("exec sleep 1000") with { Descriptors = [(open.Number, LinuxListenPorts.ChildDescriptor)] });
        var socket = _ports.Listen(Web, null, service.Identity);
        using var client = new TcpClient("127.0.0.1", socket.Port);
        Assert.True(client.Connected);
    }
}
