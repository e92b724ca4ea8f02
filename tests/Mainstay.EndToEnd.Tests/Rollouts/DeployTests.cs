using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Rollouts;

/// <summary>From a commit to proven code, under load, without a lost request.</summary>
[Collection(nameof(Alone))]
public sealed class DeployTests
{
    [Fact]
    public async Task A_deploy_under_load_loses_no_request_and_every_process_is_proven_to_run_the_release()
    {
        await using var app = await ReleasedApp.DeployedAsync("artifacts: [ server.js ]", instances: 2);
        var first = await app.IsWholeAsync("1", 2);
        await using var load = await app.LoadAsync();

        var commit = await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0).MustShow("succeeded");
        await load.FlowsAsync();

        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.Equal(["1", "2"], report.Versions);
        var second = await app.IsWholeAsync("2", 2);
        Assert.NotEqual(first.Release, second.Release);
        Assert.Contains(commit[..7], second.Release, StringComparison.Ordinal);
        Assert.All(second.Pids, pid => Assert.Equal(Path.Combine(app.Releases, "web", second.Release!), ProcFs.WorkingFolder(pid)));

        var rollout = (await app.ReportAsync()).MustEndAs("succeeded");
        var proof = rollout["prove"].Lines.ToArray();
        Assert.Equal(2, proof.Count(l => l.StartsWith("ok working directory ", StringComparison.Ordinal) && l.EndsWith(second.Release!, StringComparison.Ordinal)));
        Assert.Equal(2, proof.Count(l => l == $"ok MAINSTAY_RELEASE={second.Release}"));
        Assert.Equal(2, proof.Count(l => l.StartsWith("ok executable /", StringComparison.Ordinal)));
        Assert.Equal(0, rollout.Steps.Sum(s => s.Traffic?.Failed ?? 0));
        Assert.True(rollout.Steps.Sum(s => s.Traffic?.Requests ?? 0) > 50);
    }

    [Fact]
    public async Task A_service_on_a_fixed_port_behind_a_route_is_replaced_without_a_lost_request()
    {
        var own = Harness.Network.FreePort.Take();
        await using var app = await ReleasedApp.DeployedAsync($"port: {own}");
        await using var load = await app.LoadAsync();

        await app.Repository.CommitVersionAsync("2");
        (await app.DeployAsync()).MustExit(0);
        await load.FlowsAsync();

        (await load.StopAsync()).MustHaveLostNothing();
        await app.IsWholeAsync("2");
    }

    [Fact]
    public async Task A_dry_run_prints_the_whole_plan_and_changes_nothing()
    {
        await using var app = await ReleasedApp.DeployedAsync("build: [ \"true\" ]\nartifacts: [ server.js ]\nmigrate: \"true\"");
        var before = await app.IsWholeAsync("1");
        await app.Repository.CommitVersionAsync("2");

        var plan = (await app.DeployAsync("--dry-run")).MustExit(0);

        plan.MustShow("fetch", "build", "artifacts", "migrate", "roll", "prove", "bake", "starts beside");
        Assert.Equal(before.Pids, (await app.IsWholeAsync("1")).Pids);
        Assert.Equal(1, (await app.ReportAsync()).Number);
        Assert.Single(Directory.GetDirectories(Path.Combine(app.Releases, "web")), d => !Path.GetFileName(d).StartsWith('.'));
    }

    [Fact]
    public async Task A_deploy_of_what_serves_already_touches_no_process()
    {
        await using var app = await ReleasedApp.DeployedAsync();
        var before = await app.IsWholeAsync("1");

        (await app.DeployAsync()).MustExit(0);

        Assert.Equal(before.Pids, (await app.IsWholeAsync("1")).Pids);
        Assert.DoesNotContain((await app.ReportAsync()).Steps, s => s.Kind is "fetch" or "roll");
    }
}
