using System.Diagnostics;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class StopTests
{
    [Fact]
    public async Task A_service_that_ignores_its_stop_signal_is_killed_after_the_grace()
    {
        await using var home = MainstayHome.Create($$"""
            stack: stops
            services:
              deaf: { command: {{TestServices.Node}}, port: auto, environment: { DEAF: "1" }, healthcheck: {{TestServices.Quick}}, stop: { grace: 1s } }

            """);
        await home.UpAsync();
        var process = (await home.StatusAsync())["deaf"].Only.Process;

        var stop = (await home.RunAsync("stop", "deaf")).MustExit(0);

        Assert.InRange(stop.Took, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(6));
        Assert.False(process.IsAlive);
        await home.LogsShowAsync("deaf", "SIGTERM ignored");
    }

    [Fact]
    public async Task A_grandchild_that_holds_the_output_cannot_block_a_stop_and_does_not_survive_it()
    {
        await using var home = MainstayHome.Create("""
            stack: stops
            services:
              tree:
                command: "sh -c 'trap \"\" TERM; echo grandchild up; while :; do sleep 0.1; done' & echo up; wait"
                shell: true
                stop: { grace: 1s }

            """);
        await home.UpAsync();
        await home.LogsShowAsync("tree", "grandchild up");
        var tree = ProcFs.Tree((await home.StatusAsync())["tree"].Only.Pid!.Value).Select(ProcessMark.Of).OfType<ProcessMark>().ToList();
        Assert.True(tree.Count >= 2);

        var stop = (await home.RunAsync("stop", "tree")).MustExit(0);

        Assert.True(stop.Took < TimeSpan.FromSeconds(6), $"{stop.Took}");
        await Eventually.TrueAsync("the whole tree is gone", () => !tree.Any(p => p.IsAlive), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_declared_signal_is_sent_once_to_the_main_process()
    {
        await using var home = MainstayHome.Create($$"""
            stack: stops
            services:
              web: { command: {{TestServices.Node}}, port: auto, healthcheck: {{TestServices.Quick}}, stop: { signal: SIGINT, grace: 5s } }

            """);
        await home.UpAsync();

        (await home.RunAsync("stop", "web")).MustExit(0);

        Assert.Single(await home.LogsShowAsync("web", "SIGINT: closing"), l => l.Contains("SIGINT", StringComparison.Ordinal) && l.Contains("closing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_lets_requests_that_are_under_way_finish()
    {
        var port = FreePort.Take();
        await using var home = MainstayHome.Create($$"""
            stack: stops
            edge: { listen: [ "http://127.0.0.1:{{port}}" ] }
            services: { web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
            routes: [ { path: /, service: web } ]

            """);
        await home.UpAsync();
        var started = Stopwatch.GetTimestamp();
        var slow = Web.GetAsync(port, "/slow?ms=3000&say=1");
        await home.LogsShowAsync("web", "slow begins");

        (await home.RunAsync("stop", "web")).MustExit(0);

        Assert.Equal(200, (int)(await slow).Status);
        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromSeconds(3));
    }
}
