using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Rollout.Tests.Execution;
using Mainstay.Rollout.Tests.Releases;
using Mainstay.Rollout.Verification;
using Mainstay.Spec.Model;
using Mainstay.Testing;

namespace Mainstay.Rollout.Tests.Planning;

public sealed class DamagedReleaseTests : IDisposable
{
    private static readonly ServiceName s_api = new("api");
    private static readonly SourceState s_source = new("git:0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567", "git 0123456 main", []);

    private readonly Sandbox _box = new();
    private readonly ManualTimeProvider _clock = new(Rollouts.Now);
    private readonly ReleaseStore _store;

    public DamagedReleaseTests() => _store = new(_box["releases"], TreeLimits.Default, _clock);

    public void Dispose() => _box.Dispose();

    [Fact]
    public async Task What_serves_the_wanted_source_and_is_as_it_was_sealed_stays()
    {
        var planned = await PlanAsync(_ => { });

        Assert.DoesNotContain(planned.Plan!.Steps, s => s.Kind is StepKind.Fetch);
        Assert.Empty(planned.Problems);
    }

    [Fact]
    public async Task What_serves_and_was_changed_on_disk_is_made_anew_and_the_plan_says_why()
    {
        var planned = await PlanAsync(directory => File.AppendAllText(Path.Combine(directory, "a.js"), "// t"));

        Assert.Contains(planned.Plan!.Steps, s => s.Kind is StepKind.Fetch);
        Assert.NotEqual(planned.Plan.Services[0].From, planned.Plan.Services[0].To);
        Assert.Contains("a.js has 8 bytes, not 4", planned.Plan.Steps[0].Evidence.SelectMany(e => e.Lines));
        Assert.Contains("a.js has 8 bytes, not 4", Assert.Single(planned.Problems).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_serves_and_is_gone_from_the_disk_is_made_anew()
    {
        var planned = await PlanAsync(directory => Directory.Delete(directory, recursive: true));

        Assert.Contains(planned.Plan!.Steps, s => s.Kind is StepKind.Fetch);
        Assert.Contains("does not exist", Assert.Single(planned.Problems).What, StringComparison.Ordinal);
    }

    private async Task<PlanOutcome> PlanAsync(Action<string> meanwhile)
    {
        var release = _store.Begin(s_api, _store.NextId(s_api, s_source.Id), s_source).Id;
        File.WriteAllText(Path.Combine(_store.DirectoryOf(s_api, release), "a.js"), "code");
        _store.Seal(s_api, release, CancellationToken.None);
        var declared = AftermathTests.Applied("");
        declared = declared with { Spec = declared.Spec with { Directory = "" } };
        meanwhile(_store.DirectoryOf(s_api, release));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var serving = ReleasedService.Of(declared, _store.DirectoryOf(s_api, release), release);
        var stack = new StackSpec(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [declared.Spec], [], []);
        var wish = new DeployWish(stack, [serving], stack, [declared], [], false, AllowDowntime: true, DryRun: true, "ana", []);
        var source = new OneSource();
        var preflight = new SourcePreflight(source, new NothingFound(), _box["releases"], TreeLimits.Default, _clock);
        return await new DeployPlanner(source, preflight, _store, _clock).PlanAsync(wish, 2, _ => { }, TestContext.Current.CancellationToken);
    }

    private sealed class OneSource : ISourceReader
    {
        public Task<SourceState> ExamineAsync(SourceSpec source, CancellationToken token) => Task.FromResult(s_source);

        public Task<WorkOutcome> FetchAsync(SourceSpec source, SourceState state, string directory, CancellationToken token) => Task.FromResult(WorkOutcome.Done(""));

        public Task<ImmutableArray<CommitLine>> CommitsAsync(SourceSpec source, string? fromId, string toId, CancellationToken token) => Task.FromResult(ImmutableArray<CommitLine>.Empty);
    }
}
