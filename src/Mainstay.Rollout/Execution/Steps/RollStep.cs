using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Planning;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Execution.Steps;

/// <summary>
/// One service to its new release, batch by batch: candidates start beside what serves; when they are ready, each is proven and verified; then
/// they take over. Nothing that was not proven ever gets an ordinary request. What fails here stays at its gate, for the way back to remove.
/// </summary>
internal sealed class RollStep(IInstances instances, InstanceCheck check, CanaryWatch canary) : IStepRunner
{
    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var part = context.Material.Find(context.Service)!;
        var strategy = context.Rollout.Services.First(s => s.Name == context.Service).Strategy;
        var evidence = new List<EvidenceBlock>();
        var batch = StrategyChoice.BatchOf(strategy, part.To.Spec, first: true);
        var isFirst = !instances.Look(context.Service).Any(i => !i.IsCandidate && i.Revision == part.To.Revision);
        var outcome = await instances.AdvanceAsync(new(part.To, isFirst ? batch : StrategyChoice.BatchOf(strategy, part.To.Spec, first: false), Promote: false), context.Progress, token);
        while (outcome.State is AdvanceState.CandidatesReady)
        {
            var candidates = instances.Look(context.Service).Where(i => i.IsCandidate).ToImmutableArray();
            if (await JudgeAsync(context, part, candidates, evidence, token) is { } objection)
            {
                return new(false, objection, [.. evidence]);
            }

            if (strategy is DeployStrategy.Canary && isFirst && await canary.WatchAsync(context, part, candidates, evidence, token) is { } worse)
            {
                return new(false, worse, [.. evidence]);
            }

            await context.MayGoOnAsync(token);
            if (instances.Look(context.Service).Any(i => i.IsCandidate && !candidates.Any(c => c.Endpoint == i.Endpoint)))
            {
                // One fell meanwhile and has a successor that nobody has looked at.
                outcome = await instances.AdvanceAsync(new(part.To, batch, Promote: false), context.Progress, token);
                continue;
            }

            outcome = await instances.AdvanceAsync(new(part.To, StrategyChoice.BatchOf(strategy, part.To.Spec, first: false), Promote: true), context.Progress, token);
            isFirst = false;
        }

        if (outcome.State is AdvanceState.Failed)
        {
            return new(false, outcome.Because, [.. evidence], outcome.Failure);
        }

        // Of a service that simply started nothing was held at a gate.
        var unjudged = evidence.Count > 0 ? [] : instances.Look(context.Service);
        return await JudgeAsync(context, part, unjudged, evidence, token) is { } late
            ? new(false, late, [.. evidence])
            : new(true, $"{context.Service} runs {part.To.Release}", [.. evidence]);
    }

    private async Task<string?> JudgeAsync(StepContext context, RolloutPart part, ImmutableArray<InstanceFacts> candidates, List<EvidenceBlock> evidence, CancellationToken token)
    {
        foreach (var candidate in candidates)
        {
            var (objection, block) = await check.OfAsync(candidate, part.To, part.Commit, token);
            evidence.Add(block);
            if (objection is not null)
            {
                return $"{candidate.Id} {objection}";
            }

            context.Tell(context.Service, $"{candidate.Id} (pid {candidate.Pid}) is proven to run {part.To.Release}{(part.To.Spec.Rollout.Deploy.Verify.IsEmpty ? "" : " and verified")}");
        }

        return null;
    }
}
