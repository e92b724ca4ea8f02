using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Execution;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Releases;
using Mainstay.Rollout.Sources;
using Mainstay.Spec.Model;
using Mainstay.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Rollout.Tests.Execution;

public sealed class AftermathTests : IDisposable
{
    private static readonly ServiceName s_api = new("api");
    private static readonly SourceState s_source = new("git:0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef01234567", "git 0123456 main", []);

    private readonly Sandbox _box = new();
    private readonly MemoryJournal _journal = new();
    private readonly ManualTimeProvider _clock = new(Tests.Planning.Rollouts.Now);
    private readonly ReleaseStore _store;

    public AftermathTests() => _store = new(_box["releases"], TreeLimits.Default, _clock);

    public void Dispose()
    {
        _journal.Dispose();
        _box.Dispose();
    }

    [Fact]
    public async Task A_daemon_that_died_right_after_the_end_leaves_the_names_of_releases_to_the_next_one()
    {
        var (from, to) = (Built(), Built());
        _store.Mark(s_api, from, ReleaseState.Serving, "serves since rollout 6");
        var ended = Tests.Planning.Rollouts.Planned() with { Phase = RolloutPhase.Succeeded, EndedAt = Tests.Planning.Rollouts.Now };
        new RolloutBook(_journal, NullLogger.Instance).Begin(ended, Material(from, to));

        await using (var next = House())
        {
            next.Recover();
            await next.IdleAsync();
        }

        Assert.Equal([(to, ReleaseState.Serving), (from, ReleaseState.Proven)], _store.List(s_api).Select(r => (r.Id, r.State)));
    }

    private Rollout.Rollouts House()
    {
        var book = new RolloutBook(_journal, NullLogger.Instance);
        var steps = new StepRunners(new Dictionary<StepKind, IStepRunner>());
        return new(
            new(book, steps, new(new RolloutLoopTests.NoTraffic()), RolloutMachine.Next, _clock, NullLogger.Instance),
            new(new NothingRuns(), _store, book, _clock.GetUtcNow(), TaskScheduler.Default));
    }

    private string Built()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var begun = _store.Begin(s_api, _store.NextId(s_api, s_source.Id), s_source);
        File.WriteAllText(Path.Combine(_store.DirectoryOf(s_api, begun.Id), "a.js"), begun.Id);
        return _store.Seal(s_api, begun.Id, CancellationToken.None).Id;
    }

    private static RolloutMaterial Material(string from, string to)
    {
        var stack = new StackSpec(new("shop"), "mainstay.yaml", "/srv", EdgeSpec.None, [], [], []);
        return new(stack, [Applied(from)], stack, [Applied(to)], [new(Applied(from), Applied(to), s_source.Id, s_source.Commit, IsMade: false)]);
    }

    internal static AppliedService Applied(string release) => new(
        new ServiceSpec(
            s_api,
            new(["node", "a.js"], Shell: false, SourceSpan.None),
            "/srv",
            1,
            new(PortKind.None),
            ImmutableSortedDictionary<string, string>.Empty,
            [],
            null,
            [],
            null,
            RestartSpec.Default,
            ResourcesSpec.None,
            StopSpec.Default,
            null,
            LogsSpec.Default,
            RolloutSpec.None with { Source = new GitSourceSpec("/srv/repo", "main", SourceSpan.None) },
            SourceSpan.None),
        ImmutableSortedDictionary<string, string>.Empty,
        release,
        release);

    private sealed class NothingRuns : IInstances
    {
        public Task<AdvanceOutcome> AdvanceAsync(AdvanceRequest request, Action<OperationStep> progress, CancellationToken token) => throw new NotSupportedException();

        public Task<AdvanceOutcome> ReturnAsync(ServiceName service, AppliedService? release, Action<OperationStep> progress, CancellationToken token) => throw new NotSupportedException();

        public Task SettleAsync(CancellationToken token) => Task.CompletedTask;

        public ImmutableArray<InstanceFacts> Look(ServiceName service) => [];
    }
}
