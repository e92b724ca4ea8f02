using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Reloading;

/// <summary>A reload under load loses no request, in whatever language the service is written and however it gets its port.</summary>
[Collection(nameof(Alone))]
public sealed class ReloadTests
{
    public static TheoryData<string, string, int> Services => new()
    {
        { "node", "auto", 2 },
        { "node", "fixed", 1 },
        { "node", "inherit", 1 },
        { "python", "auto", 2 },
        { "python", "inherit", 1 },
        { "dotnet", "auto", 1 },
        { "dotnet", "inherit", 1 },
    };

    private readonly int _edge = FreePort.Take();
    private readonly int _own = FreePort.Take();

    private string Manifest(string language, string port, int instances, string version) => $$"""
        stack: reloads
        edge: { listen: [ "http://127.0.0.1:{{_edge}}" ] }
        services:
          web:
            command: {{language switch { "node" => TestServices.Node, "python" => TestServices.Python, _ => TestServices.Dotnet }}}
            port: {{(port == "fixed" ? _own : port)}}
            instances: {{instances}}
            environment: { VERSION: "{{version}}" }
            healthcheck: {{TestServices.Quick}}
            stop: { grace: 5s }
        routes: [ { path: /, service: web } ]

        """;

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Reload_and_a_changed_environment_lose_no_request(string language, string port, int instances)
    {
        await using var home = MainstayHome.Create(Manifest(language, port, instances, "1"));
        await home.UpAsync();
        var before = (await home.StatusAsync())["web"].Pids.ToHashSet();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_edge) with { SlowPath = "/slow", SlowFrom = TimeSpan.FromSeconds(1), SlowTo = TimeSpan.FromSeconds(3) });
        await load.FlowsAsync();

        (await home.RunAsync("reload", "web")).MustExit(0);
        await load.FlowsAsync();
        home.Declare(Manifest(language, port, instances, "2"));
        await home.UpAsync();
        await load.FlowsAsync();

        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.Equal(["1", "2"], report.Versions);
        Assert.Equal("2", await Web.VersionAsync(_edge));
        var after = (await home.StatusAsync())["web"];
        Assert.Equal(("running", instances, 0), (after.State, after.Pids.Count(), after.Restarts));
        Assert.Empty(before.Intersect(after.Pids));
        Assert.True(report.Pids.Count >= 3 * instances, $"{report.Pids.Count} processes answered");
    }

    [Fact]
    public async Task Requests_of_five_seconds_finish_across_a_reload()
    {
        await using var home = MainstayHome.Create(Manifest("node", "auto", 2, "1"));
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_edge, connections: 4) with
        {
            SlowPath = "/slow",
            SlowConnections = 8,
            SlowFrom = TimeSpan.FromSeconds(5),
            SlowTo = TimeSpan.FromSeconds(5),
        });
        await load.FlowsAsync();

        (await home.RunAsync("reload", "web")).MustExit(0);
        await load.FlowsAsync();

        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.True(report.GoodSlow >= 8);
    }

    [Fact]
    public async Task Two_reloads_at_once_end_with_one_good_set_of_instances()
    {
        await using var home = MainstayHome.Create(Manifest("node", "auto", 2, "1"));
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_edge));
        await load.FlowsAsync();

        await Task.WhenAll(home.RunAsync("reload", "web"), home.RunAsync("reload", "web"), home.RunAsync("up"));

        await home.BecomesAsync("two instances run", s => s["web"] is { State: "running", Health: "healthy" } web && web.Pids.Count() == 2);
        await load.FlowsAsync();
        (await load.StopAsync()).MustHaveLostNothing();
    }

    [Fact]
    public async Task Starting_with_more_instances_changes_the_count_and_loses_nothing()
    {
        await using var home = MainstayHome.Create(Manifest("node", "auto", 1, "1"));
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_edge));
        await load.FlowsAsync();

        home.Declare(Manifest("node", "auto", 3, "2"));
        await home.UpAsync();
        home.Declare(Manifest("node", "auto", 1, "3"));
        await home.UpAsync();
        await load.FlowsAsync();

        (await load.StopAsync()).MustHaveLostNothing();
        Assert.Single((await home.StatusAsync())["web"].Pids);
    }
}
