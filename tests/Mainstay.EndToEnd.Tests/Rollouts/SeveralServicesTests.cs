using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>A rollout of several services is all or nothing, layer by layer, and touches only what changed.</summary>
public sealed class SeveralServicesTests
{
    [Fact]
    public async Task When_the_second_service_fails_both_go_back()
    {
        await using var app = await TwoAsync();
        var store = await StoreAsync(app);
        await store.CommitVersionAsync("2");
        await app.Repository.CommitVersionAsync("2", "\"throws\": \"boom-in-web\"");

        (await app.DeployAsync()).MustExit(1).MustShow("boom-in-web");

        await app.IsWholeAsync("1");
        await app.IsWholeAsync("1", service: "store");
        var report = (await app.ReportAsync()).MustEndAs("rolled_back");
        Assert.Equal(["store", "web"], report.Steps.Where(s => s.Kind == "roll").SelectMany(s => s.Services));
        Assert.Equal(["web", "store"], report.Steps.Where(s => s.Kind == "undo").SelectMany(s => s.Services));
        Assert.Equal([0, 1], report.Services.OrderBy(s => s.Layer).Select(s => s.Layer));
    }

    [Fact]
    public async Task Only_the_named_service_is_touched_and_one_without_changes_keeps_its_pids()
    {
        await using var app = await TwoAsync();
        var store = await StoreAsync(app);
        await store.CommitVersionAsync("2");
        await app.Repository.CommitVersionAsync("2");
        var before = await app.IsWholeAsync("1", service: "store");

        (await app.DeployAsync("--only", "web")).MustExit(0);
        await app.IsWholeAsync("2");
        Assert.Equal(before.Pids, (await app.IsWholeAsync("1", service: "store")).Pids);

        var web = await app.IsWholeAsync("2");
        (await app.DeployAsync()).MustExit(0);
        await app.IsWholeAsync("2", service: "store");
        Assert.Equal(web.Pids, (await app.IsWholeAsync("2")).Pids);
    }

    [Fact]
    public async Task Rollback_takes_both_back_together()
    {
        await using var app = await TwoAsync();
        await (await StoreAsync(app)).CommitVersionAsync("2");
        await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0);
        await app.IsWholeAsync("2", service: "store");

        (await app.RunAsync("rollback")).MustExit(0);

        await app.IsWholeAsync("1");
        await app.IsWholeAsync("1", service: "store");
    }

    /// <summary>web needs store; each has a repository of its own, and version 1 of both serves.</summary>
    private static async Task<ReleasedApp> TwoAsync()
    {
        var app = await ReleasedApp.CreateAsync();
        var store = await StoreAsync(app);
        app.DeclareServices(app.Service("store", from: store), app.Service("web", "depends_on: [ store ]"));
        (await app.DeployAsync()).MustExit(0);
        return app;
    }

    private static Task<SourceRepository> StoreAsync(ReleasedApp app) => SourceRepository.OpenAsync(Path.Combine(app.Home.Root, "store"));
}
