using Mainstay.Linux.Proc.Ports;
using Mainstay.Preflight.Host;
using Mainstay.Spec.Problems;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

public sealed class PortCheckTests
{
    private const string Edge = "stack: shop\nedge: { listen: [ \"http://127.0.0.1:8080\" ] }\nservices: { api: { directory: api, command: [ node, server.js ], port: auto } }\nroutes: [ { path: /, service: api } ]\n";

    private readonly FakeHost _host = NewHost();

    public static TheoryData<RunBy, string, string> Keepers { get; } = new()
    {
        { new RunBy.Nobody(), "pid 4711, run by nobody we know: node /srv/old/server.js", "end it (kill 4711), or give service \"api\" another port" },
        { new RunBy.Pm2("old-api", "/root/.pm2"), "pid 4711, run by PM2 as \"old-api\": node", "pm2 delete old-api (PM2 starts it again after a kill)" },
        { new RunBy.Pm2(null, "/srv/pm2"), "pid 4711, run by PM2: node", "PM2_HOME=/srv/pm2 pm2 list" },
        { new RunBy.Systemd("api.service", false), "run by systemd as api.service", "systemctl stop api.service" },
        { new RunBy.Systemd("api.service", true), "run by the user's systemd", "systemctl --user stop api.service" },
        { new RunBy.Docker("0123456789ab"), "run by Docker in the container 0123456789ab", "docker stop 0123456789ab" },
        { new RunBy.Docker(null), "run by Docker", "docker ps --filter publish=3000" },
        { new RunBy.Mainstay("other", "web"), "service \"web\" of the stack \"other\", run by Mainstay", "mainstay stop web (in the stack \"other\")" },
        { new RunBy.MainstayItself("edge", "/srv/home"), "the edge of Mainstay at /srv/home", "mainstay down --daemon --home /srv/home" },
    };

    [Theory]
    [MemberData(nameof(Keepers))]
    public void The_holder_of_a_port_is_named_with_the_way_to_free_it(RunBy runBy, string who, string fix)
    {
        _host.Hold("0.0.0.0", 3000, runBy, "node", "/srv/old/server.js");

        var problem = Assert.Single(Check(Api("port: 3000"), _host).Problems);

        Assert.Equal(("MS3020", Severity.Error), (problem.Code, problem.Severity));
        Assert.StartsWith("port 3000 of service \"api\" is held by pid 4711", problem.What, StringComparison.Ordinal);
        Assert.Contains(who, problem.What, StringComparison.Ordinal);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_held_by_our_own_running_service_is_fine()
    {
        _host.Hold("0.0.0.0", 3000, new RunBy.Mainstay("shop", "api"), "node", "server.js");

        Assert.Empty(Check(Api("port: 3000"), _host).Problems);
    }

    [Fact]
    public void The_daemon_knows_its_own_better_than_their_marks()
    {
        _host.Hold("0.0.0.0", 3000, new RunBy.Mainstay("shop", "api"), "node", "server.js");
        var report = PreflightCheck.Run(Api("port: 3000"), new PreflightHost(new("/var/lib/mainstay"), _host, Noon, _ => false));

        Assert.Equal("MS3020", Ids(report.Problems));
    }

    [Fact]
    public void A_listener_on_another_address_is_a_warning_for_a_service_and_nothing_to_the_edge()
    {
        _host.Hold("10.0.0.5", 3000, new RunBy.Nobody(), "node");
        _host.Hold("10.0.0.5", 8080, new RunBy.Nobody(), "node");

        var problem = Assert.Single(Check(Api("port: 3000"), _host).Problems);
        Assert.Equal(("MS3021", Severity.Warning), (problem.Code, problem.Severity));
        Assert.Contains("held on 10.0.0.5 only", problem.What, StringComparison.Ordinal);
        Assert.Empty(Check(Stack(Edge), _host).Problems);
    }

    [Fact]
    public void A_port_in_use_by_nobody_who_listens_is_a_warning()
    {
        _host.Answers[("127.0.0.1", 3000)] = PortAnswer.Held;

        var problem = Assert.Single(Check(Api("port: 3000"), _host).Problems);
        Assert.Equal(Severity.Warning, problem.Severity);
        Assert.Contains("in use by a connection", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_edges_addresses_are_checked_like_ports()
    {
        _host.Hold("127.0.0.1", 8080, new RunBy.Systemd("nginx.service", false), "nginx: master process");
        var problem = Assert.Single(Check(Stack(Edge), _host).Problems);
        Assert.Equal(("MS3020", 2), (problem.Code, problem.Where.Line));
        Assert.Contains("the edge's address http://127.0.0.1:8080 is held by pid 4711", problem.What, StringComparison.Ordinal);
        Assert.Contains("systemctl stop nginx.service", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void The_edge_of_this_home_may_hold_its_own_address()
    {
        _host.Hold("127.0.0.1", 8080, new RunBy.MainstayItself("daemon", "/var/lib/mainstay"), "mainstay", "daemon");
        Assert.Empty(Check(Stack(Edge), _host).Problems);
    }

    [Theory]
    [InlineData(PortAnswer.NotPermitted, "MS3022")]
    [InlineData(PortAnswer.NoSuchAddress, "MS3023")]
    [InlineData(PortAnswer.Unknown, "")]
    public void What_else_keeps_the_edge_from_listening_is_told(PortAnswer answer, string codes)
    {
        _host.Answers[("127.0.0.1", 8080)] = answer;
        Assert.Equal(codes, Ids(Check(Stack(Edge), _host).Problems));
    }

    [Fact]
    public void A_low_port_needs_root_or_a_capability()
    {
        Assert.Empty(Check(Api("port: 80"), _host).Problems);
        Assert.Equal("MS3022", Ids(Check(Api("port: 80", "user: app"), _host).Problems));

        _host.FirstFreePort = 80;
        Assert.Empty(Check(Api("port: 80", "user: app"), _host).Problems);
    }

    [Fact]
    public void A_command_line_is_shown_without_its_secrets_and_control_characters_and_not_without_end()
    {
        var secret = string.Concat("k9", "Zt4", "qQ7mR1", "xB");
        _host.Hold(
            "0.0.0.0", 3000, new RunBy.Nobody(), "node\u001b[31m", "--password=hunter12345", "--api-key", "abcdef123456", $"--x={secret}", "redis://u:p4ssw0rd9@h/", new string('y', 500));

        var problem = Check(Api("port: 3000", $"environment: {{ JWT_SECRET: {secret} }}"), _host).Problems.Single(p => p.Code == "MS3020");

        Assert.Contains("node?[31m --password=*** --api-key *** --x=*** redis://u:***@h/ yyy", problem.What, StringComparison.Ordinal);
        Assert.EndsWith("...", problem.What, StringComparison.Ordinal);
        Assert.True(problem.What.Length < 300);
    }
}
