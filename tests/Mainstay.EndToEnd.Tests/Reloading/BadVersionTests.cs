using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Reloading;

/// <summary>A new version that is no good replaces nothing: exit 1, the cause on the screen, and the old version serves on.</summary>
public sealed class BadVersionTests
{
    public static TheoryData<string, string, string[]> Faults()
    {
        (string Fault, string[] Shown)[] faults =
        [
            ("BOOT_CRASH: \"Error: Cannot find module 'left-pad'\\n  code: 'MODULE_NOT_FOUND'\"", ["left-pad"]),
            ("NEVER_READY: \"1\"", ["503"]),
            ("HANG: \"1\"", ["refused"]),
            ("WRONG_PORT: \"PORT\"", ["PORT"]),
            ("BOOT_CRASH: \"Error: connect ECONNREFUSED 127.0.0.1:6379\", BOOT_EXIT: \"7\"", ["6379", "7"]),
        ];
        var data = new TheoryData<string, string, string[]>();
        foreach (var (fault, shown) in faults)
        {
            data.Add("auto", fault, shown);
            data.Add("fixed", fault, shown);
        }

        // On a socket that is passed, a program that never accepts is connected to all the same.
        data.Add("inherit", "HANG: \"1\"", ["no answer"]);
        data.Add("inherit", "NEVER_READY: \"1\"", ["503"]);
        data.Add("inherit", "BOOT_CRASH: \"Error: no\"", ["Error: no"]);
        return data;
    }

    private readonly int _edge = FreePort.Take();
    private readonly int _own = FreePort.Take();
    private readonly int _wrong = FreePort.Take();

    private string Manifest(string port, string environment) => $$"""
        stack: bad
        edge: { listen: [ "http://127.0.0.1:{{_edge}}" ] }
        services:
          web:
            command: {{TestServices.Node}}
            port: {{(port == "fixed" ? _own : port)}}
            environment: { {{environment}} }
            healthcheck: { http: /health, interval: 500ms, timeout: 500ms, retries: 2, start_period: 2s, start_interval: 100ms }
            stop: { grace: 5s }
        routes: [ { path: /, service: web } ]

        """;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_old_version_serves_on_without_a_lost_request_and_the_cause_is_shown(string port, string fault, string[] shown)
    {
        await using var home = MainstayHome.Create(Manifest(port, "VERSION: \"1\""));
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Only.Pid;
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_edge));
        await load.FlowsAsync();

        home.Declare(Manifest(port, $"VERSION: \"2\", {fault.Replace("\"PORT\"", $"\"{_wrong}\"", StringComparison.Ordinal)}"));
        var up = await home.RunAsync("up");
        await load.FlowsAsync();

        up.MustExit(1).MustShow([.. shown.Select(s => s.Replace("PORT", $"{_wrong}", StringComparison.Ordinal))]);
        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.Equal(["1"], report.Versions);
        Assert.Equal("1", await Web.VersionAsync(_edge));
        var after = (await home.StatusAsync())["web"];
        Assert.Equal(("running", "healthy"), (after.State, after.Health));
        Assert.True(port == "fixed" || after.Only.Pid == before, "the old process was replaced though its port was free to keep");
    }

    [Fact]
    public async Task Reload_of_a_program_that_broke_on_disk_keeps_the_running_one()
    {
        await using var home = MainstayHome.Create($$"""
            stack: bad
            edge: { listen: [ "http://127.0.0.1:{{_edge}}" ] }
            services:
              web:
                command: [ node, server.js ]
                instances: 2
                healthcheck: { http: /health, interval: 500ms, start_period: 2s, start_interval: 100ms }
            routes: [ { path: /, service: web } ]

            """);
        var source = $"require('{Testing.Repository.Root()}/tests/node/app.js')";
        home.Write("server.js", source);
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Pids.ToArray();

        home.Write("server.js", "import fs from 'node:fs'; this is not javascript");
        (await home.RunAsync("reload", "web")).MustExit(1).MustShow("SyntaxError");
        Assert.Equal(before, (await home.StatusAsync())["web"].Pids);
        Assert.Equal(200, await Web.StatusAsync(_edge));

        home.Write("server.js", source);
        (await home.RunAsync("reload", "web")).MustExit(0);
        Assert.Empty(before.Intersect((await home.StatusAsync())["web"].Pids));
    }

    [Fact]
    public async Task After_a_refused_version_the_next_up_with_a_good_one_takes_effect()
    {
        await using var home = MainstayHome.Create(Manifest("auto", "VERSION: \"1\""));
        await home.UpAsync();
        home.Declare(Manifest("auto", "VERSION: \"2\", BOOT_CRASH: \"no\""));
        (await home.RunAsync("up")).MustExit(1);

        home.Declare(Manifest("auto", "VERSION: \"3\""));
        await home.UpAsync();

        Assert.Equal("3", await Web.VersionAsync(_edge));
    }
}
