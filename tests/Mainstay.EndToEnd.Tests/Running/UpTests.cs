using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class UpTests
{
    private readonly int _port = FreePort.Take();

    private string Manifest(string more = "", string version = "1", int instances = 1) => $$"""
        stack: demo
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
        services:
          web:
            command: {{TestServices.Node}}
            instances: {{instances}}
            environment: { VERSION: "{{version}}" }
            healthcheck: {{TestServices.Quick}}
        {{more}}
        routes: [ { path: /, service: web } ]

        """;

    [Fact]
    public async Task A_first_up_starts_the_daemon_the_edge_and_every_service_and_returns_when_all_is_ready()
    {
        await using var home = MainstayHome.Create(Manifest(instances: 2));

        await home.UpAsync();

        Assert.Equal(200, await Web.StatusAsync(_port));
        var status = await home.StatusAsync();
        Assert.Equal("demo", status.Stack);
        Assert.Equal("running", status.Edge.State);
        Assert.Equal(("running", "healthy"), (status["web"].State, status["web"].Health));
        Assert.Equal(["web-1", "web-2"], status["web"].Instances.Select(i => i.Id).Order());
        Assert.All(status["web"].Instances, i => Assert.False(string.IsNullOrWhiteSpace(i.Because)));
        Assert.Equal(status.Pids.Count(), status.Pids.Distinct().Count());
    }

    [Fact]
    public async Task Up_again_changes_nothing()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();
        var before = await home.StatusAsync();

        await home.UpAsync();

        Assert.Equal(before.Pids, (await home.StatusAsync()).Pids);
    }

    [Fact]
    public async Task Up_after_a_changed_manifest_adds_what_is_new_removes_what_is_gone_and_leaves_the_rest_alone()
    {
        await using var home = MainstayHome.Create(Manifest("  old: { command: [ sleep, \"1000\" ] }"));
        await home.UpAsync();
        var before = await home.StatusAsync();
        var old = before["old"].Only.Process;

        home.Declare(Manifest("  new: { command: [ sleep, \"1000\" ] }"));
        await home.UpAsync();

        var after = await home.StatusAsync();
        Assert.False(after.Has("old"));
        Assert.False(old.IsAlive);
        Assert.Equal("running", after["new"].State);
        Assert.Equal(before["web"].Only.Pid, after["web"].Only.Pid);
    }

    [Fact]
    public async Task Up_after_a_changed_environment_serves_the_new_one()
    {
        await using var home = MainstayHome.Create(Manifest(version: "1"));
        await home.UpAsync();

        home.Declare(Manifest(version: "2"));
        await home.UpAsync();

        Assert.Equal("2", await Web.VersionAsync(_port));
    }

    [Fact]
    public async Task Up_with_names_starts_those_and_what_they_depend_on()
    {
        await using var home = MainstayHome.Create("""
            stack: demo
            services:
              db: { command: [ sleep, "1000" ] }
              api: { command: [ sleep, "1000" ], depends_on: [ db ] }
              other: { command: [ sleep, "1000" ] }

            """);

        await home.UpAsync("api");

        var status = await home.StatusAsync();
        Assert.Equal(("running", "running"), (status["db"].State, status["api"].State));
        Assert.True(!status.Has("other") || status["other"].State == "stopped");
    }

    [Fact]
    public async Task Down_with_the_daemon_leaves_no_process_behind()
    {
        await using var home = MainstayHome.Create(Manifest(instances: 2));
        await home.UpAsync();
        Assert.NotEmpty(home.Processes());

        (await home.RunAsync("down", "--daemon")).MustExit(0);

        await Eventually.TrueAsync("no process of this home lives", () => home.Processes().Count == 0, TimeSpan.FromSeconds(3));
        Assert.True(FreePort.IsFree(_port));
    }

    [Fact]
    public async Task Down_stops_the_services_and_keeps_the_daemon()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();
        var before = await home.StatusAsync();

        (await home.RunAsync("down")).MustExit(0);

        Assert.False(before["web"].Only.Pid is { } pid && ProcessMark.Of(pid) is not null);
        Assert.Equal(before.Daemon.Pid, (await home.StatusAsync()).Daemon.Pid);
    }

    [Fact]
    public async Task A_command_prints_one_line_per_step_on_a_plain_pipe_without_colour()
    {
        await using var home = MainstayHome.Create(Manifest());

        var up = await home.UpAsync();

        Assert.DoesNotContain('\e', up.Screen);
        Assert.Contains(up.Out.Split('\n'), line => line.Contains("web", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Down_ends_an_up_that_still_waits_for_a_service()
    {
        await using var home = MainstayHome.Create("""
            stack: demo
            services: { hopeless: { command: [ sleep, "1000" ], port: auto, healthcheck: { http: /health, start_period: 10m } } }

            """);
        await using var up = home.Start("up");
        await home.BecomesAsync("it is starting", s => s.Has("hopeless") && s["hopeless"].State == "starting");

        (await home.RunAsync(TimeSpan.FromSeconds(15), "down")).MustExit(0);

        (await up.ExitAsync(TimeSpan.FromSeconds(5))).MustExit(1).MustShow("up was given up: down was asked");
    }
}
