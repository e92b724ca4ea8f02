using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Planning;

internal enum RolloutEventKind
{
    /// <summary>The rollout was just planned, or a daemon has found it in the journal.</summary>
    Woke,

    StepDone,
    StepFailed,
    PauseAsked,
    ResumeAsked,
    AbortAsked,
    DeadlinePassed,
}

/// <summary>Something that happened to a rollout.</summary>
/// <param name="Step">The step that ended; -1 for what is not about one.</param>
/// <param name="Cause">Of a failed step: explained.</param>
/// <param name="Services">What the step has found out about services, by name.</param>
/// <param name="Restore">Commands that would bring a backup back.</param>
/// <param name="Counted">What the edge has counted until now.</param>
internal sealed record RolloutEvent(
    RolloutEventKind Kind,
    string Because,
    int Step = -1,
    ImmutableArray<EvidenceBlock> Evidence = default,
    FailureReport? Cause = null,
    TrafficFigures? Traffic = null,
    ImmutableArray<RolloutService> Services = default,
    ImmutableArray<string> Restore = default,
    TrafficFigures? Counted = null);

/// <summary>What the loop has to do. Effects come after the record was journaled.</summary>
internal enum RolloutEffectKind
{
    /// <summary>Carry out the step; its end comes back as an event.</summary>
    Begin,

    /// <summary>Break off the step under way; its end comes back as an event.</summary>
    Cancel,
}

internal sealed record RolloutEffect(RolloutEffectKind Kind, int Step);

/// <summary>What follows an event. The sentence is that of the record.</summary>
internal sealed record RolloutTransition(RolloutRecord Next, RolloutEffect? Effect = null);
