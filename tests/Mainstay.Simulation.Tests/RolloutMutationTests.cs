using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Simulation.Tests.World;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;

namespace Mainstay.Simulation.Tests;

/// <summary>Bugs of rollouts, planted on purpose. Histories that do not notice them would prove nothing by their silence.</summary>
public class RolloutMutationTests
{
    private const int Enough = 400;

    public static TheoryData<string> Bugs => [.. All.Keys];

    private static Dictionary<string, Action<SimWorld, SimRollouts>> All { get; } = new()
    {
        ["a migration is begun again after a daemon's death"] = Decides((before, e, next, now) =>
            e.Kind is RolloutEventKind.Woke && before.Steps.FirstOrDefault(s => s.State is StepState.Going) is { Kind: StepKind.Migrate } migrate ? new(before, new(RolloutEffectKind.Begin, before.Steps.IndexOf(migrate))) : next),
        ["an abort is not heard"] = Decides((before, e, next, now) => e.Kind is RolloutEventKind.AbortAsked ? new(before) : next),
        ["a pause is for ever"] = Decides((before, e, next, now) => e.Kind is RolloutEventKind.ResumeAsked ? new(before) : next),
        ["what a daemon's death broke off is left"] = Decides((before, e, next, now) =>
            e.Kind is RolloutEventKind.Woke && before.Steps.Any(s => s.State is StepState.Going && s.Kind is not StepKind.Migrate) ? new(before) : next),
        ["the way back forgets a service"] = Decides((before, e, next, now) => next.Next is { Phase: RolloutPhase.Undoing, UndoneFrom: { } from } && before.Phase is not RolloutPhase.Undoing
            ? next with { Next = next.Next with { Steps = next.Next.Steps.SetItem(from, next.Next.Steps[from] with { Services = [], Kind = StepKind.Frame }) } }
            : next),
        ["what fails while it rolls is left as it is"] = Decides((before, e, next, now) => before.Phase is RolloutPhase.Rolling && next.Next.Phase is RolloutPhase.Undoing
            ? new(next.Next with { Phase = RolloutPhase.Failed, EndedAt = now, Steps = [.. next.Next.Steps.Select(s => s.State is StepState.Going or StepState.Pending ? s with { State = StepState.Skipped } : s)] })
            : next),
        ["candidates take over without a proof"] = (_, rollouts) => rollouts.Meddle = instances => new Meddled(instances) { IsHasty = true },
        ["the way back says that it is there and does nothing"] = (_, rollouts) => rollouts.Meddle = instances => new Meddled(instances) { IsLazy = true },
        ["a trial never ends"] = (_, rollouts) => rollouts.Meddle = instances => new Meddled(instances) { IsUnsettled = true },
        ["a batch takes over before it is ready"] = (world, _) => world.DecideService = (record, seen, holdMax) => ServicePlanner.Plan(
            record,
            seen with { Lanes = [.. seen.Lanes.Select(l => l is { Lane.Role: LaneRole.Successor, State.Phase: InstancePhase.Starting } ? l with { State = l.State with { Phase = InstancePhase.Running } } : l)] },
            holdMax),
        ["what a rollout works with is not kept"] = (world, _) => world.Journal.Loses = put => put.Kind == "rollout.material",
        ["the end of a rollout is not written down"] = (world, _) => world.Journal.Loses = put => put.Kind == "rollout" && put.Json.Contains("\"phase\":\"succeeded\"", StringComparison.Ordinal),
    };

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_in_rollouts_is_noticed(string bug)
    {
        for (var seed = 1; seed <= Enough; seed++)
        {
            if (Live(seed, All[bug]) is { } broken)
            {
                Assert.Null(Live(seed, (_, _) => { }));
                TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {broken}");
                return;
            }
        }

        Assert.Fail($"nobody noticed within {Enough} histories that {bug}");
    }

    private static string? Live(int seed, Action<SimWorld, SimRollouts> plant) => Histories.Try(
        seed,
        world =>
        {
            world.Rollouts = new(world);
            plant(world, world.Rollouts);
            var history = new RolloutHistory(world);
            if (seed % 2 == 0)
            {
                history.Calm();
            }
            else
            {
                history.Rough();
            }
        },
        isTalkative: false,
        out _);

    private static Action<SimWorld, SimRollouts> Decides(Func<RolloutRecord, RolloutEvent, RolloutTransition, DateTimeOffset, RolloutTransition> bug) =>
        (_, rollouts) => rollouts.Decide = (record, e, now) => bug(record, e, RolloutMachine.Next(record, e, now), now);

    private sealed class Meddled(IInstances instances) : IInstances
    {
        public bool IsHasty { get; init; }

        public bool IsLazy { get; init; }

        public bool IsUnsettled { get; init; }

        public async Task<AdvanceOutcome> AdvanceAsync(AdvanceRequest request, Action<OperationStep> progress, CancellationToken token)
        {
            var outcome = await instances.AdvanceAsync(request, progress, token);
            while (IsHasty && outcome.State is AdvanceState.CandidatesReady)
            {
                outcome = await instances.AdvanceAsync(request with { Promote = true }, progress, token);
            }

            return outcome;
        }

        public Task<AdvanceOutcome> ReturnAsync(ServiceName service, AppliedService? release, Action<OperationStep> progress, CancellationToken token) =>
            IsLazy ? Task.FromResult(new AdvanceOutcome(AdvanceState.Complete, "", null)) : instances.ReturnAsync(service, release, progress, token);

        public Task SettleAsync(CancellationToken token) => IsUnsettled ? Task.CompletedTask : instances.SettleAsync(token);

        public ImmutableArray<InstanceFacts> Look(ServiceName service) => instances.Look(service);
    }
}
