using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>Some traffic for a while, then the rest; or all of it at once.</summary>
public sealed class CanaryTests
{
    private const string Asked = "strategy: canary, canary: { percent: 0, header: \"x-canary: 1\", cookie: \"beta=yes\", for: 60s }";

    [Fact]
    public async Task A_canary_is_reached_by_header_and_by_cookie_and_by_nobody_else()
    {
        await using var app = await CanaryAsync(Asked);
        await using var load = await app.LoadAsync(connections: 4);
        await using var deploy = await BeginAsync(app);

        await Eventually.BecomesAsync("the header leads to the canary", () => app.VersionAsync(("x-canary", "1")), v => v == "2");
        Assert.Equal("2", await app.VersionAsync(("cookie", "a=b; beta=yes")));
        Assert.Equal("1", await app.VersionAsync(("x-canary", "0")));
        Assert.Equal("1", await app.VersionAsync(("cookie", "beta=no")));
        await load.FlowsAsync(100);

        (await app.RunAsync("rollout", "abort")).MustExit(0);
        Assert.Equal("1", await app.VersionAsync(("x-canary", "1")));
        Assert.Equal(["1"], (await load.StopAsync()).MustHaveLostNothing().Versions);
        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(1);
        await app.IsWholeAsync("1", 2);
    }

    [Fact]
    public async Task A_share_of_the_clients_stays_with_the_canary_and_then_everybody_follows()
    {
        await using var app = await CanaryAsync("strategy: canary, canary: { percent: 50, for: 5s }");
        var clients = Enumerable.Range(1, 40).Select(n => $"203.0.113.{n}").ToArray();
        await using var deploy = await BeginAsync(app);
        await Eventually.TrueAsync("the canary is watched", () => deploy.Out.Contains("canary:", StringComparison.Ordinal), ReleasedApp.Patience);

        var first = await Eventually.BecomesAsync("some clients are with the canary", () => VersionsAsync(app, clients), seen => seen.Contains("2"));
        var again = await VersionsAsync(app, clients);

        Assert.Equal(first, again);
        Assert.InRange(first.Count(v => v == "2"), 8, 32);
        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(0);
        Assert.All(await VersionsAsync(app, clients), v => Assert.Equal("2", v));
        await app.IsWholeAsync("2", 2);
        Assert.Contains((await app.ReportAsync())["roll"].Evidence, e => e.Title == "canary beside stable");
    }

    [Theory]
    [InlineData("strategy: canary, canary: { percent: 50, for: 1s }")]
    [InlineData("strategy: blue_green")]
    public async Task Releases_with_inherited_sockets_change_over_like_all_others(string deploy)
    {
        await using var app = await ReleasedApp.DeployedAsync("port: inherit", deploy, instances: 2);
        await using var load = await app.LoadAsync(connections: 4);

        await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0);
        await load.FlowsAsync();

        (await load.StopAsync()).MustHaveLostNothing();
        await app.IsWholeAsync("2", 2);
    }

    [Fact]
    public async Task A_canary_that_dies_is_replaced_by_the_stable_release_without_an_error()
    {
        await using var app = await CanaryAsync(Asked);
        await using var load = await app.LoadAsync(connections: 4);
        await using var deploy = await BeginAsync(app);
        var canary = (await Eventually.BecomesAsync("the header leads to the canary", () => app.AskAsync("", ("x-canary", "1")), a => a["version"]!.GetValue<string>() == "2"))["pid"]!.GetValue<int>();

        await MainstayHome.KillAsync(canary);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("1", await app.VersionAsync(("x-canary", "1")));
        }

        (await deploy.ExitAsync(ReleasedApp.Patience)).MustExit(1).MustShow("canary");
        await app.IsWholeAsync("1", 2);
        Assert.Equal(["1"], (await load.StopAsync()).MustHaveLostNothing().Versions);
        (await app.ReportAsync()).MustEndAs("rolled_back");
    }

    [Fact]
    public async Task Blue_green_changes_over_in_one_step()
    {
        await using var app = await ReleasedApp.DeployedAsync(deploy: "strategy: blue_green", instances: 3);
        await app.Repository.CommitVersionAsync("2");
        await using var load = await app.LoadAsync(connections: 4);
        var deploy = app.DeployAsync();
        List<string> seen = [];

        while (!deploy.IsCompleted)
        {
            seen.Add(await app.VersionAsync());
        }

        (await deploy).MustExit(0);
        Assert.Equal(1, seen.Zip(seen.Skip(1)).Count(pair => pair.First != pair.Second));
        Assert.Equal(("1", "2"), (seen[0], seen[^1]));
        (await load.StopAsync()).MustHaveLostNothing();
        await app.IsWholeAsync("2", 3);
    }

    private static async Task<ReleasedApp> CanaryAsync(string deploy)
    {
        var app = await ReleasedApp.CreateAsync(deploy: deploy, instances: 2);
        app.Home.Declare((await File.ReadAllTextAsync(app.Home.Manifest)).Replace("edge: { ", "edge: { trusted_proxies: [ 127.0.0.0/8 ], ", StringComparison.Ordinal));
        (await app.DeployAsync()).MustExit(0);
        return app;
    }

    private static async Task<Child> BeginAsync(ReleasedApp app)
    {
        await app.Repository.CommitVersionAsync("2");
        return app.Home.Start("deploy");
    }

    private static async Task<string[]> VersionsAsync(ReleasedApp app, string[] clients)
    {
        List<string> versions = [];
        foreach (var client in clients)
        {
            versions.Add(await app.VersionAsync(("x-forwarded-for", client)));
        }

        return [.. versions];
    }
}
