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

    [Fact]
    public async Task A_command_that_names_the_working_tree_is_refused_before_anything_is_touched()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var old = await app.IsWholeAsync("1");
        await app.Repository.CommitVersionAsync("2");
        var live = Path.Combine(app.Repository.Path, "server.js");
        app.Declare(command: $"[ node, {live} ]");

        (await app.RunAsync("check")).MustExit(3).MustShow("MS6005", live);
        (await app.DeployAsync()).MustExit(3).MustShow("MS6005", live);

        Assert.Equal(old.Pids, (await app.IsWholeAsync("1")).Pids);
    }

    /// <summary>As the process itself, and below a shell that stays.</summary>
    [Theory]
    [InlineData("[ ./run.sh ]", "exec node {0}/server.js")]
    [InlineData("[ sh, run.sh ]", "exec node --require ./before.js {0}/server.js")]
    [InlineData("[ sh, run.sh ]", "node {0}/server.js; exit $?")]
    [InlineData("[ sh, run.sh ]", "(cd {0} && node server.js); exit $?")]
    public async Task A_script_of_the_release_that_runs_the_working_tree_is_not_proven(string command, string line)
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var old = await app.IsWholeAsync("1");
        var live = Path.Combine(app.Home.Root, "live");
        app.Repository.Write("before.js", "");
        app.Repository.Write("run.sh", $"#!/bin/sh\n{line.Replace("{0}", live, StringComparison.Ordinal)}\n");
        File.SetUnixFileMode(Path.Combine(app.Repository.Path, "run.sh"), (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(live);
        foreach (var file in new[] { "server.js", "release.json" })
        {
            File.Copy(Path.Combine(app.Repository.Path, file), Path.Combine(live, file));
        }

        await app.Repository.CommitVersionAsync("2");
        app.Declare(command: command);

        (await app.DeployAsync()).MustExit(1).MustShow(Path.Combine(live, "server.js"), "the release", $"{app.Releases}/web/");

        Assert.Equal(old.Pids, (await app.IsWholeAsync("1")).Pids);
        (await app.ReportAsync()).MustEndAs("rolled_back");
    }

    [Fact]
    public async Task A_shell_below_which_the_release_runs_is_proven()
    {
        await using var app = await ReleasedApp.CreateAsync();
        app.Repository.Write("run.sh", "node \"$PWD/server.js\"; exit $?\n");
        await app.Repository.CommitVersionAsync("1");
        app.Declare(command: "[ sh, run.sh ]");

        (await app.DeployAsync()).MustExit(0);
    }

    [Fact]
    public async Task Code_of_the_command_line_itself_is_told_as_not_comparable()
    {
        await using var app = await ReleasedApp.CreateAsync();
        app.Declare(command: "[ node, -e, \"require('./server.js')\" ]");

        (await app.DeployAsync()).MustExit(0);

        (await app.RunAsync("report")).MustExit(0).MustShow("it runs code of its own command line (node -e)");
    }
}
