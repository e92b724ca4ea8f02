using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Planning;

/// <summary>The way back of a rollout that has begun to touch what serves.</summary>
internal static class UndoPlan
{
    /// <summary>Every service that a roll step has begun to touch, last one first; the stack as it was, if it was changed; and the proof.</summary>
    public static RolloutRecord Append(RolloutRecord rollout)
    {
        var touched = rollout.Steps
            .Where(s => s is { Kind: StepKind.Roll, State: StepState.Going or StepState.Done or StepState.Failed })
            .SelectMany(s => s.Services)
            .Reverse()
            .ToImmutableArray();
        var steps = touched.Select(service => Pending(StepKind.Undo, [service], From(rollout, service) is { } from ? $"{service} goes back to {from}" : $"{service} goes; nothing served before it")).ToList();
        if (rollout.Steps.Any(s => s.Kind is StepKind.Frame or StepKind.Apply && s.State is not (StepState.Pending or StepState.Skipped)))
        {
            steps.Add(Pending(StepKind.Undo, [], "the stack is as it was before"));
        }

        steps.Add(Pending(StepKind.Prove, touched, "what served before is proven to serve"));
        return rollout with { Steps = rollout.Steps.AddRange(steps), UndoneFrom = rollout.Steps.Length };
    }

    /// <summary>Those that were added by <see cref="Append"/>.</summary>
    public static IEnumerable<RolloutStep> StepsOf(RolloutRecord rollout) => rollout.UndoneFrom is { } from ? rollout.Steps.Skip(from) : [];

    private static string? From(RolloutRecord rollout, Spec.Model.ServiceName service) => rollout.Services.FirstOrDefault(s => s.Name == service)?.From;

    private static RolloutStep Pending(StepKind kind, ImmutableArray<Spec.Model.ServiceName> services, string because) => new(kind, services, StepState.Pending, null, null, because, [], null);
}
