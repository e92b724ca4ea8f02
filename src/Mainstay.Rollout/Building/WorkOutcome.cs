using System.Collections.Immutable;
using Mainstay.Contracts.Api;

namespace Mainstay.Rollout.Building;

/// <summary>What came of one step's work.</summary>
/// <param name="Because">One sentence; of a failure with what to do.</param>
public sealed record WorkOutcome(bool Ok, string Because, ImmutableArray<EvidenceBlock> Evidence)
{
    public static WorkOutcome Done(string because, params ImmutableArray<EvidenceBlock> evidence) => new(true, because, evidence);

    public static WorkOutcome Failed(string because, params ImmutableArray<EvidenceBlock> evidence) => new(false, because, evidence);
}
