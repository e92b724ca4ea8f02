using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Execution;

/// <summary>How a step ended.</summary>
/// <param name="Because">One sentence: what came of it.</param>
/// <param name="Evidence">What was seen on the way, redacted.</param>
/// <param name="Cause">Of a failure: explained.</param>
internal sealed record StepOutcome(bool Ok, string Because, ImmutableArray<EvidenceBlock> Evidence, FailureReport? Cause = null)
{
    /// <summary>What it has found out about services, by name.</summary>
    public ImmutableArray<RolloutService> Services { get; init; } = [];

    /// <summary>Commands that would bring a backup back.</summary>
    public ImmutableArray<string> Restore { get; init; } = [];

    public static StepOutcome Done(string because, params ImmutableArray<EvidenceBlock> evidence) => new(true, because, evidence);

    public static StepOutcome Failed(string because, params ImmutableArray<EvidenceBlock> evidence) => new(false, because, evidence);
}
