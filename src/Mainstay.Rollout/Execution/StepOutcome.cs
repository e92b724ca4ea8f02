using System.Collections.Immutable;
using Mainstay.Contracts.Api;

namespace Mainstay.Rollout.Execution;

/// <summary>How a step ended.</summary>
/// <param name="Because">One sentence: what came of it.</param>
/// <param name="Evidence">What was seen on the way, redacted.</param>
internal sealed record StepOutcome(bool Ok, string Because, ImmutableArray<EvidenceBlock> Evidence, FailureReport? Cause = null)
{
    public static StepOutcome Done(string because, params ImmutableArray<EvidenceBlock> evidence) => new(true, because, evidence);

    public static StepOutcome Failed(string because, params ImmutableArray<EvidenceBlock> evidence) => new(false, because, evidence);
}
