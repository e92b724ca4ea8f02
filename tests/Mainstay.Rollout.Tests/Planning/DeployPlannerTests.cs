using System.Collections.Immutable;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Rollout.Tests.Releases;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Planning;

public sealed class DeployPlannerTests : IDisposable
{
    private readonly Sandbox _box = new();
    private readonly ReleaseStore _store;

    public DeployPlannerTests()
    {
        _store = new(_box["releases"], TreeLimits.Default, TimeProvider.System);
        _box.Repository("repo");
        _box.Write("repo/run", "#!/bin/sh");
        _box.Commit("repo", "first");
    }

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task A_plan_names_its_release_and_leaves_nothing_on_the_disk()
    {
        var planned = await PlanAsync();
        var part = Assert.Single(planned.Material!.Parts);
        Assert.Equal(_store.DirectoryOf(Sourced.Name, part.To.Release), part.To.Spec.Directory);
        Assert.StartsWith("git ", part.SourceLabel, StringComparison.Ordinal);
        Assert.Empty(_store.List(Sourced.Name));
        Assert.False(Directory.Exists(_box["releases/api"]));
    }

    [Fact]
    public async Task A_refused_source_leaves_no_release_behind()
    {
        _box.Write("repo/run", "changed");
        Assert.Null((await PlanAsync()).Plan);
        Assert.Empty(_store.List(Sourced.Name));
        Assert.False(Directory.Exists(_box["releases/api"]));
    }

    private Task<PlanOutcome> PlanAsync()
    {
        var declared = Sourced.Declared(new GitSourceSpec(_box["repo"], "main", SourceSpan.None));
        var stack = new StackSpec(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [declared.Spec], [], []);
        var wish = new DeployWish(null, [], stack, [declared], [], AllowDirty: false, AllowDowntime: true, DryRun: false, "ana", []);
        var sources = new SourceReader(new ShellCommands(), _box["mirrors"], SourceLimits.Default);
        var preflight = new SourcePreflight(sources, new NothingFound(), _box["releases"], TreeLimits.Default, TimeProvider.System);
        return new DeployPlanner(sources, preflight, _store, TimeProvider.System)
            .PlanAsync(wish, 1, _ => { }, TestContext.Current.CancellationToken);
    }
}
