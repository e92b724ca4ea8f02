using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Execution.Steps;

/// <summary>
/// Every process that serves runs what it should, as the kernel tells. A process that is only just coming back is waited for a moment;
/// one that runs something else is a failure at once, and the sentence names both.
/// </summary>
internal sealed class ProveStep(IInstances instances, InstanceCheck check) : IStepRunner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public async Task<StepOutcome> RunAsync(StepContext context, CancellationToken token)
    {
        var evidence = new List<EvidenceBlock>();
        var sights = new List<RolloutService>();
        foreach (var service in context.Step.Services)
        {
            var expected = context.Rollout.Phase is RolloutPhase.Undoing ? context.Material.Earlier(service) : context.Material.Wanted(service);
            var (objection, seen) = await ProveAsync(context, service, expected, evidence, token);
            sights.AddRange(context.Rollout.Services.Where(s => s.Name == service).Select(s => s with { After = seen }));
            if (objection is not null)
            {
                return new(false, objection, [.. evidence]) { Services = [.. sights] };
            }
        }

        return new(true, $"{Processes(evidence.Count)} of {string.Join(", ", context.Step.Services)} proven", [.. evidence]) { Services = [.. sights] };
    }

    private async Task<(string? Objection, ImmutableArray<InstanceSight> Seen)> ProveAsync(
        StepContext context, ServiceName service, AppliedService? expected, List<EvidenceBlock> evidence, CancellationToken token)
    {
        var began = context.Time.GetTimestamp();
        while (true)
        {
            var seen = instances.Look(service);
            var (objection, isFinal) = await JudgeAsync(service, seen, expected, evidence, token);
            if (objection is null || isFinal || context.Time.GetElapsedTime(began) > Patience)
            {
                return (objection, [.. seen.Select(InstanceSights.Of)]);
            }

            await Task.Delay(Look, context.Time, token);
        }
    }

    private async Task<(string? Objection, bool IsFinal)> JudgeAsync(
        ServiceName service, ImmutableArray<InstanceFacts> seen, AppliedService? expected, List<EvidenceBlock> evidence, CancellationToken token)
    {
        if (expected is null)
        {
            return (seen.FirstOrDefault(i => i.Pid is not null) is { } left ? $"{left.Id} (pid {left.Pid}) still runs, and nothing of {service} should" : null, false);
        }

        if (seen.FirstOrDefault(i => i.IsCandidate) is { } candidate)
        {
            return ($"{candidate.Id} (pid {candidate.Pid}) still waits as a candidate", false);
        }

        if (seen.FirstOrDefault(i => i.Revision != expected.Revision) is { } other)
        {
            return ($"{other.Id} (pid {other.Pid}) runs {other.Release} and not {expected.Release}: it was not replaced", false);
        }

        if (seen.FirstOrDefault(i => !i.IsReady) is { } unready)
        {
            return ($"{unready.Id} is not ready: {unready.Because}", false);
        }

        var blocks = new List<EvidenceBlock>();
        foreach (var instance in seen.Where(i => i.Pid is not null))
        {
            var (objection, block) = await check.ProveAsync(instance, expected, token);
            if (objection is not null)
            {
                evidence.Add(block);
                return ($"{instance.Id} {objection}", true);
            }

            blocks.Add(block);
        }

        evidence.AddRange(blocks);
        return (null, true);
    }

    private static string Processes(int count) => count == 1 ? "1 process" : $"{count} processes";
}

internal static class InstanceSights
{
    public static InstanceSight Of(InstanceFacts facts) => new(facts.Id, facts.Pid, facts.Release, facts.Endpoint);
}
