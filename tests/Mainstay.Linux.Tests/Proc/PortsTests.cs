using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mainstay.Linux.Proc.Ports;

namespace Mainstay.Linux.Tests.Proc;

public sealed class PortsTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("::")]
    public void A_listener_of_this_process_is_found_with_its_address(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var holder = Assert.Single(PortHolders.Find(new HashSet<int> { port }));

        Assert.Equal(IPAddress.Parse(address), holder.Socket.Address);
        Assert.Equal(Environment.ProcessId, holder.Process?.Identity.Pid);
        Assert.Contains(Environment.ProcessId, holder.Pids);
        Assert.Contains(PortHolders.ListenersOf(new HashSet<int> { Environment.ProcessId }), s => s.Port == port);
    }

    [Fact]
    public void A_port_that_nobody_listens_on_has_no_holder()
    {
        // Bound, so that nobody else takes it meanwhile, but not listening.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.Empty(PortHolders.Find(new HashSet<int> { ((IPEndPoint)socket.LocalEndPoint!).Port }));
    }

    [Fact]
    public async Task A_child_is_named_by_its_command_line_and_by_the_service_it_is()
    {
        using var child = Process.Start(new ProcessStartInfo("python3", ["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MAINSTAY_STACK"] = "shop", ["MAINSTAY_SERVICE"] = "web" },
        })!;
        try
        {
            // "Serving HTTP on 127.0.0.1 port 40123 (...)": it listens from then on.
            var words = (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ');
            var port = int.Parse(words[Array.IndexOf(words, "port") + 1], CultureInfo.InvariantCulture);

            var process = Assert.Single(PortHolders.Find(new HashSet<int> { port })).Process;

            Assert.Equal(child.Id, process?.Identity.Pid);
            Assert.Equal(["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"], process!.Arguments[1..]);
            Assert.Equal(new RunBy.Mainstay("shop", "web"), process.RunBy);
        }
        finally
        {
            child.Kill();
        }
    }

    [Fact]
    public void The_kernels_table_is_read_with_its_byte_order()
    {
        var sockets = PortTable.Parse(
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0",
            "   1: 0100007F:0BB9 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000000000000000 100 0 0 10 0",
            "   2: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1",
            "   3: nonsense",
            "",
        ]).ToArray();

        Assert.Equal(
            [new(IPAddress.Loopback, 3000, 4711, 1000), new(IPAddress.IPv6Loopback, 8080, 4713, 0)],
            sockets);
    }

    [Fact]
    public void Who_runs_a_process_is_told_by_its_marks()
    {
        const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        var god = Facts(["PM2 v7.0.4: God Daemon (/root/.pm2)"]);

        Assert.Equal(new RunBy.Mainstay("shop", "api"), By(Facts(["node"], variables: new() { ["MAINSTAY_STACK"] = "shop", ["MAINSTAY_SERVICE"] = "api", ["pm_id"] = "1" })));
        Assert.Equal(new RunBy.Pm2("api", "/root/.pm2"), By(Facts(["node"], variables: new() { ["pm_id"] = "0", ["name"] = "api", ["PM2_HOME"] = "/root/.pm2" })));
        Assert.Equal(new RunBy.Pm2(null, "/root/.pm2"), By(god));
        Assert.Equal(new RunBy.Pm2(null, "/root/.pm2"), By(Facts(["node", "child.js"]), god));
        Assert.Equal(new RunBy.MainstayItself("daemon", "/srv/home"), By(Facts(["/opt/mainstay/mainstay", "daemon", "--home", "/srv/home"])));
        Assert.Equal(new RunBy.MainstayItself("edge", "/srv/home"), By(Facts(["dotnet", "/opt/mainstay.dll", "edge", "--control", "/srv/home/run/edge-1.sock"])));
        Assert.Equal(new RunBy.Systemd("nginx.service", false), By(Facts(["nginx"], cgroup: "/system.slice/nginx.service")));
        Assert.Equal(new RunBy.Systemd("web.service", true), By(Facts(["web"], cgroup: "/user.slice/user-1000.slice/user@1000.service/app.slice/web.service")));
        Assert.Equal(new RunBy.Nobody(), By(Facts(["node"], cgroup: "/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope")));
        Assert.Equal(new RunBy.Nobody(), By(Facts(["node"], cgroup: "/user.slice/user-0.slice/session-3.scope")));
        Assert.Equal(new RunBy.Docker(null), By(Facts(["/usr/bin/docker-proxy", "-host-port", "80"]) with { Name = "docker-proxy" }));
        Assert.Equal(new RunBy.Docker("0123456789ab"), By(Facts(["redis-server"], cgroup: $"/docker/{Id}")));
        Assert.Equal(new RunBy.Docker("0123456789ab"), By(Facts(["redis-server"], cgroup: $"/system.slice/docker-{Id}.scope")));
    }

    [Fact]
    public void A_container_that_we_are_in_ourselves_runs_nothing_from_our_sight()
    {
        var cgroup = "/docker/" + new string('a', 64);
        Assert.Equal(new RunBy.Nobody(), RunByRules.Of(Facts(["node"], cgroup: cgroup), [], [cgroup]));
    }

    private static RunBy By(ProcessFacts process, params ProcessFacts[] ancestors) => RunByRules.Of(process, ancestors, []);

    private static ProcessFacts Facts(string[] arguments, Dictionary<string, string>? variables = null, string cgroup = "/") =>
        new(100, 1, 1, "x", [.. arguments], variables?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty, [cgroup]);
}
