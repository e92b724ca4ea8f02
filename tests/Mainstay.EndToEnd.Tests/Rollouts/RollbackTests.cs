using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>The way back needs no argument, no network and no build, and is as safe as the way there.</summary>
public sealed class RollbackTests
{
    [Fact]
    public async Task Rollback_under_load_needs_no_repository_and_twice_goes_further_back()
    {
        await using var app = await ReleasedApp.DeployedAsync(instances: 2);
        foreach (var version in new[] { "2", "3" })
        {
            await app.Repository.CommitVersionAsync(version);
            (await app.DeployAsync()).MustExit(0);
        }

        app.Repository.Vanish();
        app.Home.Remove("mainstay.yaml");
        await using var load = await app.LoadAsync();

        (await app.RunAsync("rollback")).MustExit(0);
        await app.IsWholeAsync("2", 2);
        await load.FlowsAsync();
        (await app.RunAsync("rollback")).MustExit(0);
        await app.IsWholeAsync("1", 2);
        await load.FlowsAsync();

        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.Equal(["3", "2", "1"], report.Versions);
        (await app.RunAsync("rollback")).MustExit(1).MustShow("can be gone back to");
        await app.IsWholeAsync("1", 2);
    }

    [Fact]
    public async Task Rollback_to_a_named_release_goes_there()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var first = (await app.IsWholeAsync("1")).Release!;
        foreach (var version in new[] { "2", "3" })
        {
            await app.Repository.CommitVersionAsync(version);
            (await app.DeployAsync()).MustExit(0);
        }

        (await app.RunAsync("rollback", "web", "--to", first)).MustExit(0);

        Assert.Equal(first, (await app.IsWholeAsync("1")).Release);
    }

    [Fact]
    public async Task A_release_that_was_changed_on_disk_is_refused_and_the_file_is_named()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var first = (await app.IsWholeAsync("1")).Release!;
        await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0);
        await File.AppendAllTextAsync(Path.Combine(app.Releases, "web", first, "server.js"), "// touched", TestContext.Current.CancellationToken);

        (await app.RunAsync("rollback")).MustExit(1).MustShow("server.js", first, "MS7006");

        await app.IsWholeAsync("2");
    }

    [Fact]
    public async Task Without_an_earlier_release_there_is_nothing_to_go_back_to()
    {
        await using var app = await ReleasedApp.DeployedAsync();

        (await app.RunAsync("rollback")).MustExit(1).MustShow("no rollout has replaced a release that still can be gone back to");
        (await app.RunAsync("rollback", "web")).MustExit(1).MustShow("service \"web\" runs", "no proven release from before is known");

        await app.IsWholeAsync("1");
    }

    [Fact]
    public async Task A_release_that_was_rolled_back_is_never_chosen_again()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0);
        (await app.RunAsync("rollback")).MustExit(0);
        await app.Repository.CommitVersionAsync("3");
        (await app.DeployAsync()).MustExit(0);

        (await app.RunAsync("rollback")).MustExit(0);

        await app.IsWholeAsync("1");
        (await app.RunAsync("releases")).MustExit(0).MustShow("bad", "serving");
    }
}
