using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Running;

public sealed class ActionTests
{
    private readonly int _port = FreePort.Take();

    private string Manifest => $$"""
        stack: demo
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
        services:
          web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} }
          other: { command: [ sleep, "1000" ] }
        routes: [ { path: /, service: web } ]

        """;

    [Fact]
    public async Task Stop_and_start_act_on_the_named_service_alone()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var other = (await home.StatusAsync())["other"].Only.Pid;

        (await home.RunAsync("stop", "web")).MustExit(0);
        var stopped = await home.StatusAsync();
        Assert.Equal("stopped", stopped["web"].State);
        Assert.Equal(503, await Web.StatusAsync(_port));

        (await home.RunAsync("start", "web")).MustExit(0);
        var started = await home.StatusAsync();
        Assert.Equal("running", started["web"].State);
        Assert.Equal(200, await Web.StatusAsync(_port));
        Assert.Equal(other, started["other"].Only.Pid);
    }

    [Fact]
    public async Task Restart_gives_a_new_process_and_counts_no_crash()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Only.Pid;

        (await home.RunAsync("restart", "web")).MustExit(0);

        var after = (await home.StatusAsync())["web"].Only;
        Assert.NotEqual(before, after.Pid);
        Assert.Equal(("running", 0), (after.State, after.Restarts));
    }

    [Fact]
    public async Task Scale_adds_instances_that_share_the_traffic_and_takes_them_away_again()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();

        (await home.RunAsync("scale", "web=3")).MustExit(0);
        Assert.Equal(3, (await home.StatusAsync())["web"].Pids.Distinct().Count());
        var seen = new HashSet<int>();
        for (var i = 0; i < 60; i++)
        {
            seen.Add((await Web.GetAsync(_port, "/")).Json["pid"]!.GetValue<int>());
        }

        Assert.Equal(3, seen.Count);

        (await home.RunAsync("scale", "web=1")).MustExit(0);
        Assert.Single((await home.StatusAsync())["web"].Pids);
    }

    [Fact]
    public async Task An_unknown_service_is_wrong_usage_or_a_failure_that_names_it()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();

        var result = await home.RunAsync("restart", "wbe");

        Assert.NotEqual(0, result.ExitCode);
        result.MustShow("wbe");
    }
}
