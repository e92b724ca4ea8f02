using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Contracts.Api;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Diagnosis;
using static Mainstay.Contracts.Api.InstancePhase;

namespace Mainstay.Supervisor.Instances;

/// <summary>The moves that the table's cells are made of.</summary>
internal static partial class InstanceMachine
{
    /// <summary>Between two tries to start while the journal cannot be written.</summary>
    public static readonly TimeSpan RefusedRetry = TimeSpan.FromSeconds(5);

    /// <summary>A killed tree that has not ended (a process in an uninterruptible wait) is killed again after this time.</summary>
    public static readonly TimeSpan KillAgain = TimeSpan.FromSeconds(5);

    /// <summary>How long a failed instance may finish what it has: it is failing, so not long.</summary>
    public static readonly TimeSpan ShortDrain = TimeSpan.FromSeconds(2);

    /// <summary>Added to the drain deadline for the machine's own timer: who drains is to say so first.</summary>
    public static readonly TimeSpan DrainMargin = TimeSpan.FromSeconds(5);

    /// <summary>The most that one EXTEND_TIMEOUT_USEC gives; a service that needs longer says it again.</summary>
    private static readonly TimeSpan LongestExtension = TimeSpan.FromHours(1);

    /// <summary>How long requests in flight are waited for.</summary>
    public static TimeSpan DrainFor(EndReason ending, InstancePolicy policy) => ending switch
    {
        EndReason.Unhealthy or EndReason.Watchdog or EndReason.Unready => ShortDrain < policy.DrainDeadline ? ShortDrain : policy.DrainDeadline,
        EndReason.None or EndReason.Asked or EndReason.Restart or EndReason.Memory => policy.DrainDeadline,
    };

    /// <summary>The process is ended because it failed, not because anybody wanted it to end.</summary>
    private static bool IsFault(EndReason ending) => ending switch
    {
        EndReason.Unready or EndReason.Unhealthy or EndReason.Watchdog or EndReason.Memory => true,
        EndReason.None or EndReason.Asked or EndReason.Restart => false,
    };

    /// <summary>The wish is up, and a newer stamp is an explicit start: the brake is released.</summary>
    private static InstanceState Follow(InstanceState state, InstanceEvent e) => e.Stamp > state.Stamp
        ? state with { Wish = Wish.Up, Stamp = e.Stamp, Exits = [], Restarts = 0, Streak = 0, FailedStarts = 0, Late = false, Cause = null }
        : state with { Wish = Wish.Up };

    private static Transition Start(InstanceState state, InstancePolicy policy, TimeSpan now, string because) => new(
        state with
        {
            Phase = Starting,
            Health = Health.Unknown,
            Generation = state.Generation + 1,
            Ending = EndReason.None,
            Killed = false,
            Ready = false,
            Completed = false,
            StartedAt = now,
            Due = now + policy.StartDeadline,
            ProbeFailures = 0,
            MemoryWarned = false,
            Because = because,
        },
        [new InstanceEffect.Spawn()],
        because);

    private static Transition Wait(InstanceState state, InstanceEvent e) =>
        new(state with { Phase = Waiting, Health = Health.Unknown, Due = null, Because = e.Detail }, [], e.Detail);

    private static Transition Rest(InstanceState state, string because) => new(
        state with { Phase = Stopped, Health = Health.Unknown, Ending = EndReason.None, Killed = false, Planned = false, Ready = false, Due = null, Because = because },
        [],
        because);

    private static Transition Renew(InstanceState state, InstanceEvent e) =>
        new(Follow(state, e), [], $"{e.Detail}: it runs already");

    private static Transition BecomeReady(InstanceState state, Health health, InstancePolicy policy, TimeSpan now, string because) => new(
        state with
        {
            Phase = Running,
            Health = health,
            Ready = true,
            EverReady = true,
            Planned = false,
            FailedStarts = 0,
            Late = false,
            ReadyAt = now,

            // The watchdog is armed by the first ping: a service that never pings has promised nothing.
            Due = null,
            ProbeFailures = 0,
            Because = because,
        },
        [],
        because);

    private static Transition Well(InstanceState state, InstanceEvent e)
    {
        var health = e.Degraded ? Health.Degraded : Health.Healthy;
        var well = state with { Health = health, ProbeFailures = 0 };
        return health == state.Health
            ? new(well, [], "still well")
            : new(well with { Because = e.Degraded ? $"degraded: {e.Detail}" : $"well again: {e.Detail}" }, [], e.Detail);
    }

    private static Transition Unwell(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now)
    {
        var failing = state with { ProbeFailures = state.ProbeFailures + 1 };
        return policy.Retries is { } retries && failing.ProbeFailures >= retries
            ? Drain(failing, EndReason.Unhealthy, policy, now, $"failed {failing.ProbeFailures} checks in a row, the last: {e.Detail}", new InstanceEffect.Report(FailureKind.Unhealthy))
            : new(failing, [], e.Detail);
    }

    private static Transition Weigh(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now)
    {
        if (policy.MemoryLimit is { } limit && e.Bytes > limit)
        {
            var because = $"used {ExitText.OfBytes(e.Bytes)} of memory, more than its limit of {ExitText.OfBytes(limit)}";
            var report = new InstanceEffect.Report(FailureKind.OverMemory);
            return state.Phase is Running
                ? Drain(state with { Planned = true }, EndReason.Memory, policy, now, because, report)
                : End(state, EndReason.Memory, policy, now, because, report);
        }

        // Said once per crossing: it must fall a tenth below the level before it can cross it again.
        return policy.MemoryWarn switch
        {
            { } warn when e.Bytes > warn && !state.MemoryWarned => new(state with { MemoryWarned = true }, [new InstanceEffect.Tell("instance.memory_high")], $"uses {ExitText.OfBytes(e.Bytes)} of memory, more than its warning level of {ExitText.OfBytes(warn)}"),
            { } warn when e.Bytes < warn * 0.9 && state.MemoryWarned => new(state with { MemoryWarned = false }, [new InstanceEffect.Tell("instance.memory_normal")], $"uses {ExitText.OfBytes(e.Bytes)} of memory, below its warning level again"),
            _ => Ignore(state, e),
        };
    }

    private static Transition Drain(InstanceState state, EndReason ending, InstancePolicy policy, TimeSpan now, string because, params InstanceEffect[] effects) => new(
        state with
        {
            Phase = Draining,
            Ending = ending,
            Health = ending is EndReason.Unhealthy or EndReason.Watchdog ? Health.Unhealthy : state.Health,
            Due = now + DrainFor(ending, policy) + DrainMargin,
            Cause = IsFault(ending) ? because : state.Cause,
            Because = because,
        },
        [.. effects],
        because);

    private static Transition End(InstanceState state, EndReason ending, InstancePolicy policy, TimeSpan now, string because, params InstanceEffect[] effects) => new(
        state with
        {
            Phase = Stopping,
            Ending = ending,
            Late = state.Late || ending is EndReason.Unready,
            Health = ending is EndReason.Unready or EndReason.Watchdog ? Health.Unhealthy : state.Health,
            Due = now + policy.Grace,
            Cause = IsFault(ending) ? state.Phase is Draining ? state.Cause : because : state.Cause,
            Because = because,
        },
        [.. effects, new InstanceEffect.Terminate()],
        because);

    private static Transition Kill(InstanceState state, InstancePolicy policy, TimeSpan now)
    {
        var because = state.Killed ? "was killed and has still not ended" : $"did not exit within {ExitText.Of(policy.Grace)} of the stop signal; killed with everything it started";
        return new(state with { Killed = true, Due = now + KillAgain, Because = because }, [new InstanceEffect.KillTree()], because);
    }

    private static Transition Extend(InstanceState state, InstanceEvent e, TimeSpan now)
    {
        var until = now + (e.Span < LongestExtension ? e.Span : LongestExtension);
        return until > state.Due
            ? new(state with { Due = until }, [], $"the service asked for {ExitText.Of(e.Span)} more")
            : Ignore(state, e);
    }

    private static Transition StartAfterwards(InstanceState state, InstanceEvent e) =>
        new(Follow(state, e) with { Planned = state.Ending is EndReason.Asked or EndReason.Restart, Because = $"{e.Detail}; starts once the old process has ended" }, [], e.Detail);

    /// <summary>An exit that nobody had asked for.</summary>
    private static Transition Died(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now)
    {
        var what = $"{ExitText.Of(e.Exit)} after {ExitText.Of(now - state.StartedAt)}";
        if (policy.OneShot && e.Exit.Code == 0)
        {
            return Finish(state with { Completed = true, FailedStarts = 0 }, $"completed: {what}");
        }

        if (e.Exit.Code is { } code && policy.Restart.StopExitCodes.Contains(code))
        {
            return Finish(state, $"{what}; stop_exit_codes names this code, so it stays stopped");
        }

        return Crash(state, policy, now, e.Chance, what, e.Exit, state.Ready ? FailureKind.ExitedAfterReady : FailureKind.ExitedBeforeReady);
    }

    /// <summary>The exit of a process that was on its way out, or the news that it never came to be.</summary>
    private static Transition Ended(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now)
    {
        var what = e.Kind is InstanceEventKind.SpawnFailed ? e.Detail : state.Killed ? "was killed" : ExitText.Of(e.Exit);
        if (state.Wish is Wish.Down)
        {
            return With(Rest(state, what), new InstanceEffect.KillTree());
        }

        return state.Ending switch
        {
            EndReason.Asked or EndReason.Restart or EndReason.None => With(Start(state, policy, now, $"started again: the old process {what}"), new InstanceEffect.KillTree()),
            EndReason.Unready or EndReason.Unhealthy or EndReason.Watchdog or EndReason.Memory => Crash(state, policy, now, e.Chance, state.Cause ?? what, e.Exit, failure: null),
        };
    }

    /// <summary>The one place where unplanned ends are counted and answered.</summary>
    private static Transition Crash(InstanceState state, InstancePolicy policy, TimeSpan now, double chance, string what, ExitStatus exit, FailureKind? failure)
    {
        var clean = state.Ending is EndReason.None && exit.Code == 0;
        var spell = state.Ready && now - state.ReadyAt >= policy.Spell;
        var exits = RestartBrake.Count(state.Exits, now, policy.Restart);
        var counted = state with
        {
            Exits = exits,
            Restarts = state.Restarts + 1,
            Streak = spell ? 1 : state.Streak + 1,
            FailedStarts = state.Ready ? 0 : state.FailedStarts + 1,
            Planned = false,
            Cause = what,
        };
        ImmutableArray<InstanceEffect> effects = failure is { } kind ? [new InstanceEffect.Report(kind), new InstanceEffect.KillTree()] : [new InstanceEffect.KillTree()];

        var answer = policy.Restart.Policy switch
        {
            // An end in good order that its policy expects is no unplanned one.
            RestartKind.Never or RestartKind.OnFailure when clean => Finish(
                state with { Completed = true, FailedStarts = 0, Planned = false, Cause = null },
                $"{what}; its restart policy is {(policy.Restart.Policy is RestartKind.Never ? "never" : "on-failure")}"),
            RestartKind.Never => Finish(counted, $"{what}; its restart policy is never"),
            RestartKind.OnFailure or RestartKind.Always when policy.OneTry => Park(counted, due: null, what),
            RestartKind.OnFailure or RestartKind.Always when RestartBrake.IsReached(exits, policy.Restart) => Park(counted, now + policy.Restart.RetryEvery, ParkedBecause(what, exits, policy.Restart)),
            RestartKind.OnFailure or RestartKind.Always => BackOff(counted, RestartBrake.Delay(counted.Streak, chance, policy.Restart), now, what),
        };
        return answer with { Effects = effects };
    }

    private static Transition BackOff(InstanceState state, TimeSpan delay, TimeSpan now, string what)
    {
        var because = $"{what}; next start in {ExitText.Of(delay)}";
        return new(state with { Phase = Backoff, Health = Health.Unhealthy, Ending = EndReason.None, Killed = false, Ready = false, Due = now + delay, Because = because }, [], because);
    }

    private static Transition Park(InstanceState state, TimeSpan? due, string because) =>
        new(state with { Phase = Parked, Health = Health.Unhealthy, Ending = EndReason.None, Killed = false, Ready = false, Due = due, Because = because }, [], because);

    private static string ParkedBecause(string what, ImmutableArray<TimeSpan> exits, RestartSpec restart) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}; it ended unasked {exits.Length} times within {ExitText.Of(restart.Window)}, and {restart.MaxRestarts} restarts are the limit");

    private static Transition Finish(InstanceState state, string because) => With(Rest(state, because), new InstanceEffect.KillTree());

    private static Transition With(Transition transition, InstanceEffect first) => transition with { Effects = [first, .. transition.Effects] };

    private static Transition Ignore(InstanceState state, InstanceEvent e) => new(state, [], $"{e.Kind} means nothing in {state.Phase}");
}
