using System.Globalization;
using System.Text.RegularExpressions;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Deaths;

/// <summary>The control plane is killed; users must not notice, and the next command must find everything as it was.</summary>
[Collection(nameof(Alone))]
public sealed partial class DaemonDeathTests
{
    private readonly int _port = FreePort.Take();

    private string Manifest => $$"""
        stack: deaths
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
        services:
          web: { command: {{TestServices.Node}}, instances: 2, environment: { TICK: "2" }, healthcheck: {{TestServices.Quick}} }
          quiet: { command: [ sleep, "1000" ] }
        routes: [ { path: /, service: web } ]

        """;

    [Fact]
    public async Task Services_keep_their_pids_and_their_traffic_and_the_next_command_adopts_them()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var before = await home.StatusAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port));
        await load.FlowsAsync();

        for (var i = 0; i < 3; i++)
        {
            await home.KillDaemonAsync();
            await load.FlowsAsync(200);
            (await home.RunAsync("status", "--json")).MustExit(0);
        }

        var after = await home.StatusAsync();
        Assert.Equal(before.ServicePids, after.ServicePids);
        Assert.Equal(before.Edge.Pid, after.Edge.Pid);
        Assert.NotEqual(before.Daemon.Pid, after.Daemon.Pid);
        Assert.All(after.Services, s => Assert.Equal("running", s.State));
        Assert.Equal("healthy", after["web"].Health);
        (await load.StopAsync()).MustHaveLostNothing();
    }

    [Fact]
    public async Task Adopting_them_adds_less_than_a_second_to_the_next_command()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        List<(TimeSpan Alive, TimeSpan Killed)> took = [];

        // Beside the same command with a daemon that lives, and the best of many: the machine may be busy for a while, a slow adoption is slow each time.
        while (took.Count < 10 && took.All(t => t.Killed - t.Alive >= TimeSpan.FromSeconds(1)))
        {
            var alive = (await home.RunAsync("status", "--json")).MustExit(0).Took;
            await home.KillDaemonAsync();
            took.Add((alive, (await home.RunAsync("status", "--json")).MustExit(0).Took));
        }

        Assert.True(took.Min(t => t.Killed - t.Alive) < TimeSpan.FromSeconds(1), string.Join(", ", took));
    }

    [Fact]
    public async Task No_log_line_is_lost_or_doubled()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        for (var i = 0; i < 3; i++)
        {
            await ReachesTickAsync(home, (i + 1) * 100);
            await home.KillDaemonAsync();
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }

        await ReachesTickAsync(home, 900);

        var lines = await home.LogsAsync("web", 100_000);
        foreach (var instance in new[] { "web-1", "web-2" })
        {
            var ticks = lines.Where(l => l.Contains(instance, StringComparison.Ordinal)).Select(Tick).Where(n => n > 0).ToArray();
            Assert.Equal(Enumerable.Range(1, ticks.Length), ticks);
            Assert.True(ticks.Length > 300, $"{ticks.Length}");
        }
    }

    [Fact]
    public async Task A_service_that_died_while_no_daemon_ran_is_started_again()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var status = await home.KillDaemonAsync();
        await MainstayHome.KillAsync(status["quiet"].Only.Pid!.Value);

        await home.BecomesAsync("quiet runs again", s => s["quiet"] is { State: "running", Restarts: 1 });

        Assert.Equal(status["web"].Pids, (await home.StatusAsync())["web"].Pids);
    }

    [Fact]
    public async Task Restarts_parked_states_and_stopped_wishes_outlive_the_daemon()
    {
        await using var home = MainstayHome.Create("""
            stack: deaths
            services:
              bad: { command: "exit 3", shell: true, restart: { max_restarts: 2, window: 10m, backoff: { initial: 50ms, max: 50ms } } }
              once: { command: "test -f seen || { touch seen; exit 1; }; exec sleep 1000", shell: true }
              resting: { command: [ sleep, "1000" ] }

            """);
        await home.RunAsync("up");
        (await home.RunAsync("stop", "resting")).MustExit(0);
        await home.BecomesAsync("bad is parked and once runs", s => s["bad"].State == "parked" && s["once"] is { State: "running", Restarts: 1 });

        var before = await home.KillDaemonAsync();

        var after = await home.StatusAsync();
        Assert.Equal(("parked", before["bad"].Restarts, before["bad"].Because), (after["bad"].State, after["bad"].Restarts, after["bad"].Because));
        Assert.Equal(("running", 1), (after["once"].State, after["once"].Restarts));
        Assert.Equal("stopped", after["resting"].State);
    }

    [Fact]
    public async Task A_service_that_prints_much_runs_on_and_blocks_for_no_longer_than_the_daemon_is_away()
    {
        await using var home = MainstayHome.Create("""
            stack: deaths
            services:
              loud: { command: "seq -f 'line %08g' 1 400000; echo all said; exec sleep 1000", shell: true, restart: { policy: never }, logs: { max_size: 50MB, max_files: 3 } }

            """);
        await home.UpAsync();
        await home.KillDaemonAsync();

        await home.LogsShowAsync("loud", "all said");

        var lines = (await home.LogsAsync("loud", 400_100)).Where(l => l.Contains("line 0", StringComparison.Ordinal)).ToArray();
        Assert.Equal(400_000, lines.Length);
    }

    [Fact]
    public async Task A_reload_that_was_under_way_is_finished_or_undone_and_loses_nothing()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port));
        await load.FlowsAsync();
        await using (var reload = home.Start("reload", "web"))
        {
            await Task.Delay(400, TestContext.Current.CancellationToken);
            await home.KillDaemonAsync();
        }

        await home.BecomesAsync("web has two healthy instances", s => s["web"] is { State: "running", Health: "healthy" } web && web.Pids.Count() == 2);
        await Eventually.BecomesAsync("no third process of web lives", home.StatusAsync,
            s => home.Processes().Count(p => p.CommandLine.Contains("app.js", StringComparison.Ordinal)) == 2 && s["web"].Instances.Count == 2);
        await load.FlowsAsync();
        (await load.StopAsync()).MustHaveLostNothing();
    }

    private static Task<string[]> ReachesTickAsync(MainstayHome home, int tick) =>
        Eventually.BecomesAsync($"web says tick {tick}", () => home.LogsAsync("web", 1), last => last.Any(l => Tick(l) >= tick));

    private static int Tick(string line) => Ticks().Match(line) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"tick (\d+)\s*$")]
    private static partial Regex Ticks();
}
