using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>Deploys that "succeed" and run old code: each is a failed rollout here, and the sentence names both sides.</summary>
/// <remarks>An instance that was not replaced cannot honestly be made from outside; the simulation covers it.</remarks>
public sealed class ProofTests
{
    [Fact]
    public async Task A_stale_link_into_an_older_release_is_found()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var old = await app.IsWholeAsync("1");
        var stale = Path.Combine(app.Releases, "web", old.Release!, "server.js");
        File.Delete(Path.Combine(app.Repository.Path, "server.js"));
        File.CreateSymbolicLink(Path.Combine(app.Repository.Path, "server.js"), stale);
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(1).MustShow(old.Release!, "server.js");

        var report = await app.ReportAsync();
        Assert.Contains(report.Services[0].To!, report.Because, StringComparison.Ordinal);
        Assert.Contains(old.Release!, report.Because, StringComparison.Ordinal);
        Assert.Equal(old.Pids, (await app.IsWholeAsync("1")).Pids);
    }

    [Theory]
    [InlineData("[ sh, -c, \"cd {0} && exec node server.js\" ]")]
    [InlineData("\"cd {0} && exec node server.js\"\nshell: true")]
    public async Task A_process_that_went_to_another_directory_is_not_proven(string command)
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var old = await app.IsWholeAsync("1");
        var elsewhere = Path.Combine(app.Home.Root, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        foreach (var file in new[] { "server.js", "release.json" })
        {
            File.Copy(Path.Combine(app.Repository.Path, file), Path.Combine(elsewhere, file));
        }

        app.Declare(command: command.Replace("{0}", elsewhere, StringComparison.Ordinal).Replace("\n", "\n    ", StringComparison.Ordinal));
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(1).MustShow($"working directory is {elsewhere}, expected {app.Releases}/web/");

        Assert.Equal(old.Pids, (await app.IsWholeAsync("1")).Pids);
        (await app.ReportAsync()).MustEndAs("rolled_back");
    }

    [Fact]
    public async Task Output_that_was_committed_and_not_built_is_found()
    {
        await using var app = await ReleasedApp.CreateAsync("build: [ \"true\" ]\nartifacts: [ dist/server.js ]");
        app.Repository.Write("dist/server.js", "// built last week");
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(1).MustShow("the build kept old output", "dist/server.js", "came with the source");

        Assert.False((await app.Home.StatusAsync()).Has("web"));
    }

    [Fact]
    public async Task Output_that_came_from_a_cache_is_found()
    {
        await using var app = await ReleasedApp.CreateAsync();
        var cache = Path.Combine(app.Home.Root, "cache");
        app.Declare($"build: [ [ sh, -c, \"mkdir -p {cache} dist; test -f {cache}/server.js || cp server.js {cache}/; cp -p {cache}/server.js dist/\" ] ]\nartifacts: [ dist/server.js ]");
        (await app.DeployAsync()).MustExit(0);
        var old = await app.IsWholeAsync("1");
        await app.Repository.CommitVersionAsync("2");

        (await app.DeployAsync()).MustExit(1).MustShow("the build kept old output", "dist/server.js", old.Release!, "release.json");

        Assert.Equal(old.Pids, (await app.IsWholeAsync("1")).Pids);
    }
}
