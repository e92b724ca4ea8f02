using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Deaths;

/// <summary>The worst moment to die is in the middle of a change. Each change here is hit at another moment, under load.</summary>
[Collection(nameof(Alone))]
public sealed class ChaosTests
{
    private static readonly int[] Moments = [60, 250, 600, 1200];

    private readonly int _port = FreePort.Take();
    private readonly int _own = FreePort.Take();

    private string Manifest(int version) => $$"""
        stack: chaos
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ], ws_drain: 1s }
        services:
          web: { command: {{TestServices.Node}}, instances: 2, environment: { VERSION: "{{version}}" }, healthcheck: {{TestServices.Quick}}, stop: { grace: 5s } }
          fixed: { command: {{TestServices.Node}}, port: {{_own}}, environment: { VERSION: "{{version}}" }, healthcheck: {{TestServices.Quick}}, stop: { grace: 5s } }
        routes: [ { path: /, service: web }, { path: /fixed, service: fixed } ]

        """;

    [Fact]
    public async Task A_daemon_killed_at_any_moment_of_a_change_leaves_one_good_set_of_instances_and_no_lost_request()
    {
        await using var home = MainstayHome.Create(Manifest(0));
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, connections: 6));
        await using var fixedLoad = RunningLoad.Start(LoadPlan.Loopback(_port, "/fixed/", connections: 3));
        var version = 0;

        foreach (var moment in Moments)
        {
            home.Declare(Manifest(++version));
            var daemon = (await home.StatusAsync()).Daemon.Pid;
            await using (home.Start("up"))
            {
                await Task.Delay(moment, TestContext.Current.CancellationToken);
                await MainstayHome.KillAsync(daemon);
            }

            // The user repeats what seemed to fail.
            await home.UpAsync();
            await IsWholeAsync(home, $"{version}");
            await load.FlowsAsync();
            await fixedLoad.FlowsAsync();
        }

        (await load.StopAsync()).MustHaveLostNothing();
        (await fixedLoad.StopAsync()).MustHaveLostNothing();
    }

    [Fact]
    public async Task Daemon_and_edge_killed_together_come_back_on_the_same_sockets_with_the_same_instances()
    {
        await using var home = MainstayHome.Create(Manifest(1));
        await home.UpAsync();
        var before = await home.StatusAsync();

        await Task.WhenAll(MainstayHome.KillAsync(before.Daemon.Pid), MainstayHome.KillAsync(before.Edge.Pid!.Value));

        await home.BecomesAsync("an edge serves", s => s.Edge.State == "running");
        Assert.Equal(200, await Web.StatusAsync(_port));
        Assert.Equal(before.ServicePids, (await home.StatusAsync()).ServicePids);
    }

    [Fact]
    public async Task A_daemon_killed_while_the_edge_is_replaced_leaves_one_edge_and_no_lost_request()
    {
        await using var home = MainstayHome.Create(Manifest(1));
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, connections: 6));
        await load.FlowsAsync();

        foreach (var moment in new[] { 20, 120, 220, 320, 420, 600 })
        {
            var daemon = (await home.StatusAsync()).Daemon.Pid;
            await using (home.Start("edge", "reload"))
            {
                await Task.Delay(moment, TestContext.Current.CancellationToken);
                await MainstayHome.KillAsync(daemon);
            }

            await home.BecomesAsync("an edge serves", s => s.Edge.State == "running");
            await load.FlowsAsync();
        }

        var serving = (await home.StatusAsync()).Edge.Pid!.Value;
        await Harness.Eventually.BecomesAsync("no other edge lives", () => Task.FromResult(EdgePids(home)), seen => seen.SequenceEqual([serving]), TimeSpan.FromSeconds(60), seen => $"{string.Join(", ", seen)} instead of {serving}");
        (await load.StopAsync()).MustHaveLostNothing();
    }

    [Fact]
    public async Task A_daemon_killed_during_the_first_up_leaves_nothing_that_keeps_the_next_from_serving()
    {
        await using var home = MainstayHome.Create(Manifest(1));
        foreach (var moment in new[] { 150, 300, 450, 600 })
        {
            await using (home.Start("up"))
            {
                await Task.Delay(moment, TestContext.Current.CancellationToken);
                foreach (var daemon in home.Processes().Where(p => p.CommandLine.Contains(" daemon ", StringComparison.Ordinal)))
                {
                    daemon.Send(Harness.Processes.Signal.Kill);
                }
            }

            await home.UpAsync();
            Assert.Equal(200, await Web.StatusAsync(_port));
            await Harness.Eventually.BecomesAsync("one edge lives", () => Task.FromResult(EdgePids(home)), seen => seen.Length == 1, show: seen => string.Join(", ", seen));
            (await home.RunAsync("down", "--daemon")).MustExit(0);
            Assert.Empty(home.Processes());
        }
    }

    [Fact]
    public async Task An_edge_killed_in_the_middle_of_a_reload_ends_neither_the_reload_nor_the_service()
    {
        await using var home = MainstayHome.Create(Manifest(1));
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, connections: 6));
        await load.FlowsAsync();
        var edge = (await home.StatusAsync()).Edge.Pid!.Value;

        var reload = home.RunAsync("reload", "web");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        await MainstayHome.KillAsync(edge);

        (await reload).MustExit(0);
        await load.FlowsAsync();
        await IsWholeAsync(home, "1");
        var lost = (await load.StopAsync()).Lost;
        Assert.DoesNotContain(lost, l => l.Kind is FailureKind.Refused or FailureKind.BadStatus);
        Assert.InRange(lost.Count, 0, 6);
    }

    /// <summary>Two instances of web and one of fixed, of this version, and no process beside them.</summary>
    private async Task IsWholeAsync(MainstayHome home, string version)
    {
        await home.BecomesAsync("everything is healthy", s =>
            s["web"] is { State: "running", Health: "healthy" } web && web.Pids.Count() == 2
            && s["fixed"] is { State: "running", Health: "healthy" } && s.Edge.State == "running");
        var pids = (await home.StatusAsync()).ServicePids.Order().ToArray();
        await Harness.Eventually.BecomesAsync("no other process of the services lives", () => Task.FromResult(NodePids(home)), seen => seen.SequenceEqual(pids), show: seen => $"{string.Join(", ", seen)} instead of {string.Join(", ", pids)}");
        Assert.Equal((version, version), (await Web.VersionAsync(_port), await Web.VersionAsync(_port, "/fixed/")));
    }

    private static int[] EdgePids(MainstayHome home) =>
        [.. home.Processes().Where(p => p.CommandLine.Contains(" edge --control ", StringComparison.Ordinal)).Select(p => p.Pid).Order()];

    private static int[] NodePids(MainstayHome home) =>
        [.. home.Processes().Where(p => p.CommandLine.Contains("app.js", StringComparison.Ordinal)).Select(p => p.Pid).Order()];
}
