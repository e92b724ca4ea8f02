using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using static Mainstay.Contracts.Rollouts.RolloutPhase;
using static Mainstay.Rollout.Planning.RolloutEventKind;

namespace Mainstay.Rollout.Planning;

/// <summary>
/// The life of a rollout: steps one after another, and when one fails, the way back.
///
///     preparing ──► rolling ──► baking ──► succeeded
///         │            │           │
///         ▼            ▼           ▼
///      failed       undoing ◄──────┘
///                      │
///                      ▼
///             rolled back, or broken
///
/// Described in docs/state-machines/rollout.md; the whole table is a golden file. A step that was under way when a daemon died begins again, but for a
/// migration: nobody knows how far that came, and it must not run twice.
/// </summary>
internal static class RolloutMachine
{
    public static RolloutTransition Next(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now) => rollout.Phase switch
    {
        Preparing => WhilePreparing(rollout, e, now),
        Rolling => WhileRolling(rollout, e, now),
        Baking => WhileBaking(rollout, e, now),
        Undoing => WhileUndoing(rollout, e, now),
        Succeeded or Failed or RolledBack or Broken => new(rollout),
    };

    private static RolloutTransition WhilePreparing(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now) => e.Kind switch
    {
        Woke when Going(rollout) is { } step && rollout.Steps[step].Kind is StepKind.Migrate => End(Close(rollout, step, StepState.Failed, e with { Because = Interrupted }, now), Failed, Interrupted, e.Cause, now),
        Woke when rollout.Wish is RolloutWish.Abort => End(BrokenOff(rollout, now), Failed, rollout.Because, null, now),
        Woke => GoOn(rollout, now),
        StepDone when rollout.Wish is RolloutWish.Abort => End(Close(rollout, e.Step, StepState.Done, e, now), Failed, rollout.Because, null, now),
        StepDone => GoOn(Close(rollout, e.Step, StepState.Done, e, now), now),
        StepFailed => End(Close(rollout, e.Step, StepState.Failed, e, now), Failed, Why(rollout, e), e.Cause, now),
        PauseAsked or ResumeAsked => Wished(rollout, e, now),

        // Somebody is looking at it; when it goes on, the deadline has moved by that long.
        DeadlinePassed when rollout.Wish is RolloutWish.Pause => new(rollout),
        AbortAsked or DeadlinePassed => Going(rollout) is { } step
            ? new(Aborting(rollout, e), new(RolloutEffectKind.Cancel, step))
            : End(Aborting(rollout, e), Failed, e.Because, null, now),
    };

    private static RolloutTransition WhileRolling(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now) => e.Kind switch
    {
        Woke when Going(rollout) is { } step && rollout.Steps[step].Kind is StepKind.Migrate => Undo(Close(rollout, step, StepState.Failed, e with { Because = Interrupted }, now), Interrupted, e.Cause, now),
        Woke when rollout.Wish is RolloutWish.Abort => Undo(BrokenOff(rollout, now), rollout.Because, null, now),
        Woke => GoOn(rollout, now),
        StepDone when rollout.Wish is RolloutWish.Abort => Undo(Close(rollout, e.Step, StepState.Done, e, now), rollout.Because, null, now),
        StepDone => GoOn(Close(rollout, e.Step, StepState.Done, e, now), now),
        StepFailed => Undo(Close(rollout, e.Step, StepState.Failed, e, now), Why(rollout, e), e.Cause, now),
        PauseAsked or ResumeAsked => Wished(rollout, e, now),
        DeadlinePassed when rollout.Wish is RolloutWish.Pause => new(rollout),
        AbortAsked or DeadlinePassed => Abort(rollout, e, now),
    };

    private static RolloutTransition WhileBaking(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now) => e.Kind switch
    {
        Woke when rollout.Wish is RolloutWish.Abort => Undo(BrokenOff(rollout, now), rollout.Because, null, now),
        Woke => GoOn(rollout, now),
        StepDone when rollout.Wish is RolloutWish.Abort => Undo(Close(rollout, e.Step, StepState.Done, e, now), rollout.Because, null, now),
        StepDone => GoOn(Close(rollout, e.Step, StepState.Done, e, now), now),
        StepFailed => Undo(Close(rollout, e.Step, StepState.Failed, e, now), Why(rollout, e), e.Cause, now),
        PauseAsked or ResumeAsked => Wished(rollout, e, now),
        AbortAsked => Abort(rollout, e, now),

        // It is about the way to here.
        DeadlinePassed => new(rollout),
    };

    private static RolloutTransition WhileUndoing(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now) => e.Kind switch
    {
        Woke => GoOn(rollout, now),
        StepDone => GoOn(Close(rollout, e.Step, StepState.Done, e, now), now),

        // One service that does not come back is no reason to leave the others where they are.
        StepFailed => GoOn(Close(rollout, e.Step, StepState.Failed, e, now), now),

        // The way back is not negotiable: half of it would be neither release.
        PauseAsked or ResumeAsked or AbortAsked or DeadlinePassed => new(rollout),
    };

    private const string Interrupted = "the daemon ended while the migration ran; how far it came is unknown, and it is not run a second time";

    /// <summary>Begins what is next, again or for the first time, unless somebody wants a pause; ends the rollout when nothing is left.</summary>
    private static RolloutTransition GoOn(RolloutRecord rollout, DateTimeOffset now)
    {
        if (Going(rollout) is { } again)
        {
            return new(rollout, new(RolloutEffectKind.Begin, again));
        }

        if (rollout.Wish is RolloutWish.Abort && rollout.Phase is not Undoing)
        {
            return rollout.Phase is Preparing ? End(rollout, Failed, rollout.Because, null, now) : Undo(rollout, rollout.Because, null, now);
        }

        if (rollout.Wish is RolloutWish.Pause && rollout.Phase is not Undoing)
        {
            return new(rollout);
        }

        var next = rollout.Steps.FindIndex(s => s.State is StepState.Pending);
        if (next < 0)
        {
            return rollout.Phase is Undoing ? EndUndone(rollout, now) : End(rollout, Succeeded, SucceededBecause(rollout), null, now);
        }

        var begun = rollout.Steps[next] with { State = StepState.Going, StartedAt = now };
        return new(
            rollout with { Steps = rollout.Steps.SetItem(next, begun), Phase = PhaseOf(rollout.Phase, begun.Kind), Because = begun.Because },
            new(RolloutEffectKind.Begin, next));
    }

    private static RolloutPhase PhaseOf(RolloutPhase before, StepKind step) => before is Undoing ? Undoing : step switch
    {
        StepKind.Preflight or StepKind.Fetch or StepKind.Build or StepKind.Artifacts or StepKind.Backup or StepKind.Migrate => before,
        StepKind.Frame or StepKind.Roll or StepKind.Apply or StepKind.Prove or StepKind.Undo => Rolling,
        StepKind.Bake => Baking,
    };

    /// <summary>Who asked for the end has asked for the last thing.</summary>
    private static RolloutTransition Wished(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now)
    {
        if (rollout.Wish is RolloutWish.Abort)
        {
            return new(rollout);
        }

        var wished = e.Kind is PauseAsked
            ? rollout with { Wish = RolloutWish.Pause, PausedAt = rollout.PausedAt ?? now, Because = e.Because }
            : rollout with { Wish = RolloutWish.Go, PausedAt = null, Deadline = rollout.Deadline + (now - (rollout.PausedAt ?? now)), Because = e.Because };
        return e.Kind is ResumeAsked && Going(rollout) is null ? GoOn(wished, now) : new(wished);
    }

    /// <summary>The daemon that was to break the step off is gone, and the step with it.</summary>
    private static RolloutRecord BrokenOff(RolloutRecord rollout, DateTimeOffset now) =>
        Going(rollout) is { } step ? Close(rollout, step, StepState.Failed, new(StepFailed, rollout.Because, step), now) : rollout;

    private static RolloutTransition Abort(RolloutRecord rollout, RolloutEvent e, DateTimeOffset now) => Going(rollout) is { } step
        ? new(Aborting(rollout, e), new(RolloutEffectKind.Cancel, step))
        : Undo(Aborting(rollout, e), e.Because, null, now);

    private static RolloutRecord Aborting(RolloutRecord rollout, RolloutEvent e) => rollout with { Wish = RolloutWish.Abort, Because = e.Because };

    /// <summary>A step that was broken off failed because somebody wanted that, not because of how it ended.</summary>
    private static string Why(RolloutRecord rollout, RolloutEvent e) => rollout.Wish is RolloutWish.Abort ? rollout.Because : e.Because;

    private static RolloutTransition Undo(RolloutRecord rollout, string because, FailureReport? cause, DateTimeOffset now) =>
        GoOn(UndoPlan.Append(Skip(rollout)) with { Phase = Undoing, Because = because, Cause = cause ?? rollout.Cause, Failure = because }, now);

    private static RolloutTransition EndUndone(RolloutRecord rollout, DateTimeOffset now)
    {
        // The proof decides: a service that could not come back before another one did may be there by now.
        var steps = UndoPlan.StepsOf(rollout).ToImmutableArray();
        var failed = steps.FirstOrDefault(s => s is { State: StepState.Failed, Kind: StepKind.Undo, Services.IsEmpty: true })
            ?? (steps.Any(s => s is { Kind: StepKind.Prove, State: StepState.Failed }) ? steps.First(s => s.State is StepState.Failed) : null);
        return failed is null
            ? End(rollout, RolledBack, $"{rollout.Failure}; {(rollout.Services.Any(s => s.From is not null) ? "what served before is proven to serve again" : "nothing served before, and nothing of this is left")}", null, now)
            : End(rollout, Broken, $"{rollout.Failure}; and the way back is not proven: {failed.Because}", null, now);
    }

    private static RolloutTransition End(RolloutRecord rollout, RolloutPhase phase, string because, FailureReport? cause, DateTimeOffset now) =>
        new(Skip(rollout) with { Phase = phase, Because = because, Cause = cause ?? rollout.Cause, EndedAt = now, Failure = phase is Succeeded ? null : rollout.Failure ?? because });

    private static string SucceededBecause(RolloutRecord rollout)
    {
        var services = rollout.Services.IsEmpty ? "" : $"{string.Join(", ", rollout.Services.Take(5).Select(s => $"{s.Name} {s.To}"))}{(rollout.Services.Length > 5 ? $" and {rollout.Services.Length - 5} more" : "")} proven to serve";
        var all = rollout.StackChanges.Prepend(services).Where(s => s.Length > 0).ToArray();
        return all.Length == 0 ? "everything was as wanted already" : string.Join("; ", all);
    }

    private static RolloutRecord Skip(RolloutRecord rollout) =>
        rollout with { Steps = [.. rollout.Steps.Select(s => s.State is StepState.Pending ? s with { State = StepState.Skipped } : s)] };

    private static int? Going(RolloutRecord rollout) => rollout.Steps.FindIndex(s => s.State is StepState.Going) is >= 0 and var step ? step : null;

    private static RolloutRecord Close(RolloutRecord rollout, int step, StepState state, RolloutEvent e, DateTimeOffset now) => rollout with
    {
        Services = e.Services.IsDefaultOrEmpty ? rollout.Services : [.. rollout.Services.Select(s => e.Services.FirstOrDefault(n => n.Name == s.Name) ?? s)],
        Restore = e.Restore.IsDefaultOrEmpty ? rollout.Restore : [.. rollout.Restore.Union(e.Restore)],
        Counted = e.Counted ?? rollout.Counted,
        Steps = rollout.Steps.SetItem(step, rollout.Steps[step] with
        {
            State = state,
            EndedAt = now,
            Because = e.Because,
            Evidence = e.Evidence.IsDefault ? [] : e.Evidence,
            Traffic = e.Traffic,
        }),
    };

    private static int FindIndex(this ImmutableArray<RolloutStep> steps, Func<RolloutStep, bool> which)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (which(steps[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
