using System.Net.Sockets;
using System.Text;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Sockets;

namespace Mainstay.Edge.Tests.Control;

public sealed class ControlTests
{
    [Fact]
    public async Task A_worker_says_who_it_is_and_what_it_serves()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        using var next = await DaemonStub.ConnectAsync(edge.ControlSocket);
        var hello = (await next.UntilAsync(r => r.Hello is not null)).Hello!;
        Assert.Equal((Environment.ProcessId, 1L), (hello.Pid, hello.SnapshotVersion));
    }

    [Fact]
    public async Task A_version_that_is_not_newer_changes_nothing_and_is_answered_with_the_one_in_force()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartBareAsync();
        await edge.Daemon.SendAsync(new(Snapshot: edge.Snapshot(("web", [upstream.Port])) with { Version = 7 }));
        await edge.Daemon.UntilAsync(r => r.Applied?.Version == 7);
        foreach (var version in new[] { 6, 7 })
        {
            await edge.Daemon.SendAsync(new(Snapshot: edge.Snapshot(("web", [])) with { Version = version }));
            await edge.Daemon.UntilAsync(r => r.Applied?.Version == 7);
        }

        Assert.Equal("ok", (await edge.GetAsync("/")).Body);
    }

    [Fact]
    public async Task It_serves_on_without_a_daemon_and_tells_the_next_one_what_still_drains()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [])) with
        {
            Services = [new EdgeService("web", false, 0, [EdgeUnderTest.Instance("web", 0, upstream.Port, draining: true), EdgeUnderTest.Instance("web", 1, upstream.Port)], "")],
        });
        edge.Daemon.Dispose();
        Assert.Equal("ok", (await edge.GetAsync("/")).Body);
        using var next = await DaemonStub.ConnectAsync(edge.ControlSocket);
        await next.UntilAsync(r => r.InFlight == new EdgeInFlight("web-0", 0, 0));
        Assert.Equal("ok", (await edge.GetAsync("/")).Body);
    }

    [Fact]
    public async Task Nonsense_is_ignored_and_a_line_without_end_ends_the_session_only()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartBareAsync(new() { ControlLineBytes = 100_000 });
        await edge.Daemon.SendLineAsync("{\"what\":1}\nnonsense\n[]\n\n");
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        await edge.Daemon.SendLineAsync("{}\n{\"snapshot\":{\"version\":99}}\n");
        await edge.Daemon.UntilAsync(r => r.Applied?.Version == 99);
        await Assert.ThrowsAnyAsync<SocketException>(() => edge.Daemon.SendLineAsync(new string('x', 3_000_000)));
        await edge.Daemon.Reading.WaitAsync(TimeSpan.FromSeconds(10));
        using var next = await DaemonStub.ConnectAsync(edge.ControlSocket);
        await next.UntilAsync(r => r.Hello is not null);
    }

    [Fact]
    public async Task Only_its_owner_may_connect()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(edge.ControlSocket));
    }

    [Fact]
    public async Task The_listening_sockets_are_handed_over_with_the_line_that_names_them()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var next = await DaemonStub.ConnectAsync(edge.ControlSocket, read: false);
        await next.SendAsync(new(HandOver: new()));
        var descriptors = new List<Descriptor>();
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(']', StringComparison.Ordinal))
        {
            try
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, FdPassing.Receive(next.Socket, buffer, descriptors)));
            }
            catch (LinuxException e) when (e.Errno == Errno.EAGAIN)
            {
                await Task.Yield();
            }
        }

        Assert.Contains($"http://127.0.0.1:{edge.Port}", text.ToString(), StringComparison.Ordinal);
        using var descriptor = Assert.Single(descriptors);
        using var listener = new Socket(new SafeSocketHandle(descriptor.Number, ownsHandle: false));
        Assert.Equal(edge.Port, ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port);
    }
}
