using Mainstay.Contracts.Api;
using Mainstay.Supervisor.Diagnosis;
using static Mainstay.Contracts.Api.InstancePhase;
using static Mainstay.Supervisor.Instances.InstanceEventKind;

namespace Mainstay.Supervisor.Instances;

/// <summary>
/// The whole life of one instance. No clock, no process, no logger: same inputs, same transition.
///
///                    deps are there               ready
///   Stopped ──► Waiting ──────────► Starting ─────────────► Running
///      ▲                            ▲   │  │                 │   │
///      │ wish is down         delay │   │  │ late            │   │ stop, restart,
///      │                            │   │  ▼                 │   ▼ unhealthy, over memory
///   Stopping ◄──────────────────────┼───┼─ (stopped) ◄────── │ Draining
///      │                            │   │ exit               │ exit
///      │ exit that counts           │   ▼                    ▼
///      └──────────────────────────► Backoff ◄────────────────┘ ──► Parked   (window is full)
///
/// Phase and wish are two fields. A wish that changes while a process is on its way out is kept and followed after the exit.
///
/// * Draining is never left backwards: an instance whose drain began gets no traffic again, a new process does.
/// * Every exit that nobody asked for counts in the window, whatever the phase and the uptime; so do the ends that we bring about
///   because the instance failed (late, unhealthy, silent watchdog, over memory). No exit of that kind is followed by a spawn
///   without a delay. Only time and an explicit start (a newer stamp) take something out of the window.
/// * Stopping ends with the exit (or with the news that nothing was ever started), not with the signal: after the grace the tree is killed, and again until it is gone.
/// * After every exit what is left of the tree is killed, so that no grandchild keeps a port.
/// * One timer, whose meaning is the phase's: start deadline or settling time, watchdog, drain, grace, delay, retry. One that fires for another due time is stale.
/// * Events of an earlier process carry an older generation and are dropped before the table is asked.
///
/// One switch per phase, with no discard arm: a new event does not compile until every cell is decided.
/// docs/state-machines/instance.md gives the reasons cell by cell.
/// </summary>
internal static partial class InstanceMachine
{
    public static Transition Next(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) =>
        IsStale(state, e)
            ? Ignore(state, e)
            : state.Phase switch
            {
                Waiting => WhileWaiting(state, e, policy, now),
                Starting => WhileStarting(state, e, policy, now),
                Running => WhileRunning(state, e, policy, now),
                Draining => WhileDraining(state, e, policy, now),
                Stopping => WhileStopping(state, e, policy, now),
                Stopped => WhileStopped(state, e, policy, now),
                Backoff => WhileBackoff(state, e, policy, now),
                Parked => WhileParked(state, e, policy, now),
            };

    private static Transition WhileStopped(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        StartAsked or RestartAsked when state.Wish is Wish.Down || e.Stamp > state.Stamp => Start(Follow(state, e), policy, now, e.Detail),
        WaitAsked when state.Wish is Wish.Down || e.Stamp > state.Stamp => Wait(Follow(state, e), e),
        StopAsked when state.Wish is Wish.Up => new(state with { Wish = Wish.Down, Because = $"{state.Because}; {e.Detail}" }, [], e.Detail),

        // It ended by its own policy, and nobody has asked for a newer start.
        StartAsked or RestartAsked or WaitAsked or StopAsked or HurryAsked => Ignore(state, e),
        SpawnFailed or StartRefused or Exited or TimerFired or ProbePassed or ProbeFailed or NotifiedReady or WatchdogPinged
            or WatchdogTriggered or TimeoutExtended or Drained or MemorySampled or Resumed => Ignore(state, e),
    };

    private static Transition WhileWaiting(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        StartAsked or RestartAsked => Start(Follow(state, e), policy, now, e.Detail),
        WaitAsked when e.Detail != state.Because || e.Stamp > state.Stamp => Wait(Follow(state, e), e),
        StopAsked => Rest(state with { Wish = Wish.Down }, e.Detail),
        WaitAsked or HurryAsked or SpawnFailed or StartRefused or Exited or TimerFired or ProbePassed or ProbeFailed or NotifiedReady or WatchdogPinged
            or WatchdogTriggered or TimeoutExtended or Drained or MemorySampled or Resumed => Ignore(state, e),
    };

    private static Transition WhileStarting(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        ProbePassed when policy.ReadyBy is ReadyBy.Probe => BecomeReady(state, e.Degraded ? Health.Degraded : Health.Healthy, policy, now, $"ready: {e.Detail}"),
        NotifiedReady when policy.ReadyBy is ReadyBy.Notify => BecomeReady(state, Health.Healthy, policy, now, "ready: the service said so"),
        TimerFired when policy.ReadyBy is ReadyBy.Settling => BecomeReady(state, Health.Unknown, policy, now, $"has run for {ExitText.Of(policy.StartDeadline)}"),
        TimerFired => End(state, EndReason.Unready, policy, now, $"was not ready within {ExitText.Of(now - state.StartedAt)}", new InstanceEffect.Report(FailureKind.NotReadyInTime)),
        TimeoutExtended => Extend(state, e, now),

        SpawnFailed => Crash(state, policy, now, e.Chance, e.Detail, default, FailureKind.NotSpawned),
        Exited => Died(state, e, policy, now),

        // No process was made, so nothing crashed and nothing counts; the delay keeps a full disk from being hammered.
        StartRefused => new(state with { Phase = Backoff, Ready = false, Due = now + RefusedRetry, Because = e.Detail }, [], e.Detail),

        StopAsked => End(state with { Wish = Wish.Down }, EndReason.Asked, policy, now, e.Detail),
        RestartAsked when e.Stamp > state.Stamp => End(Follow(state, e) with { Planned = true }, EndReason.Restart, policy, now, e.Detail),
        StartAsked or WaitAsked when e.Stamp > state.Stamp => Renew(state, e),

        MemorySampled => Weigh(state, e, policy, now),
        WatchdogTriggered => End(state, EndReason.Watchdog, policy, now, "the service reported its own failure (WATCHDOG=trigger)", new InstanceEffect.Report(FailureKind.Unhealthy)),
        ProbeFailed => new(state with { ProbeFailures = state.ProbeFailures + 1 }, [], e.Detail),

        StartAsked or WaitAsked or RestartAsked or HurryAsked or ProbePassed or NotifiedReady or WatchdogPinged or Drained or Resumed => Ignore(state, e),
    };

    private static Transition WhileRunning(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        ProbePassed => Well(state, e),
        ProbeFailed => Unwell(state, e, policy, now),
        WatchdogPinged => policy.Watchdog is { } silence ? new(state with { Due = now + silence }, [], "watchdog was pinged") : Ignore(state, e),
        WatchdogTriggered => Drain(state, EndReason.Watchdog, policy, now, "the service reported its own failure (WATCHDOG=trigger)", new InstanceEffect.Report(FailureKind.Unhealthy)),
        TimerFired => Drain(state, EndReason.Watchdog, policy, now, $"its watchdog was silent for {ExitText.Of(policy.Watchdog ?? TimeSpan.Zero)}", new InstanceEffect.Report(FailureKind.Unhealthy)),
        MemorySampled => Weigh(state, e, policy, now),

        // A settling time that was over before the spawn had said that it failed: nothing ever ran.
        SpawnFailed => Crash(state with { Ready = false }, policy, now, e.Chance, e.Detail, default, FailureKind.NotSpawned),
        Exited => Died(state, e, policy, now),
        StopAsked => Drain(state with { Wish = Wish.Down }, EndReason.Asked, policy, now, e.Detail),
        RestartAsked when e.Stamp > state.Stamp => Drain(Follow(state, e) with { Planned = true }, EndReason.Restart, policy, now, e.Detail),
        StartAsked or WaitAsked when e.Stamp > state.Stamp => Renew(state, e),

        StartAsked or WaitAsked or RestartAsked or HurryAsked or StartRefused or NotifiedReady or TimeoutExtended or Drained or Resumed => Ignore(state, e),
    };

    private static Transition WhileDraining(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        Drained => End(state, state.Ending, policy, now, $"{state.Because}; {e.Detail}"),

        // Whoever was to say that it is drained did not; a drain never hangs.
        TimerFired => End(state, state.Ending, policy, now, $"{state.Because}; the drain did not end in time"),

        // An order may come between a spawn and the news that it failed: there is nothing to wait for then.
        Exited or SpawnFailed => Ended(state, e, policy, now),
        StopAsked => new(state with { Wish = Wish.Down, Planned = false, Because = e.Detail }, [], e.Detail),
        StartAsked or WaitAsked or RestartAsked when state.Wish is Wish.Down || e.Stamp > state.Stamp => StartAfterwards(state, e),

        // It is on its way out for good: what it says of its health can not bring it back into rotation.
        ProbePassed or ProbeFailed or NotifiedReady or WatchdogPinged or WatchdogTriggered or TimeoutExtended or MemorySampled => Ignore(state, e),
        StartAsked or WaitAsked or RestartAsked or HurryAsked or StartRefused or Resumed => Ignore(state, e),
    };

    private static Transition WhileStopping(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        // An order may come between a spawn and the news that it failed: there is nothing to wait for then.
        Exited or SpawnFailed => Ended(state, e, policy, now),
        TimerFired => Kill(state, policy, now),
        TimeoutExtended when !state.Killed => Extend(state, e, now),
        StopAsked => new(state with { Wish = Wish.Down, Planned = false, Because = e.Detail }, [], e.Detail),
        HurryAsked when !state.Killed => new(state with { Due = now + policy.Grace, Because = e.Detail }, [new InstanceEffect.Terminate()], e.Detail),
        StartAsked or WaitAsked or RestartAsked when state.Wish is Wish.Down || e.Stamp > state.Stamp => StartAfterwards(state, e),

        // The journal says that the signal was to be sent; whether it was, died with the daemon. Twice is better than never.
        Resumed => new(state, [state.Killed ? new InstanceEffect.KillTree() : new InstanceEffect.Terminate()], "a new daemon goes on with the stop"),

        // A probe that was in flight when the stop was asked must not put it back into rotation.
        ProbePassed or ProbeFailed or NotifiedReady or WatchdogPinged or WatchdogTriggered or TimeoutExtended or MemorySampled => Ignore(state, e),
        StartAsked or WaitAsked or RestartAsked or HurryAsked or StartRefused or Drained => Ignore(state, e),
    };

    private static Transition WhileBackoff(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        TimerFired => Start(state, policy, now, state.Cause is { } cause ? $"started again after its restart delay; before, it {cause}" : "tried again after a start that was refused"),
        StartAsked or RestartAsked when e.Stamp > state.Stamp => Start(Follow(state, e), policy, now, e.Detail),
        WaitAsked when e.Stamp > state.Stamp => Wait(Follow(state, e), e),
        StopAsked => Rest(state with { Wish = Wish.Down }, e.Detail),
        StartAsked or RestartAsked or WaitAsked or HurryAsked or SpawnFailed or StartRefused or Exited or ProbePassed or ProbeFailed or NotifiedReady
            or WatchdogPinged or WatchdogTriggered or TimeoutExtended or Drained or MemorySampled or Resumed => Ignore(state, e),
    };

    private static Transition WhileParked(InstanceState state, InstanceEvent e, InstancePolicy policy, TimeSpan now) => e.Kind switch
    {
        // Only a declared after_limit: retry_every arms this timer. The window stays full, so one more failure parks it again.
        TimerFired => Start(state, policy, now, "tried again, as after_limit says"),
        StartAsked or RestartAsked when e.Stamp > state.Stamp => Start(Follow(state, e), policy, now, e.Detail),
        WaitAsked when e.Stamp > state.Stamp => Wait(Follow(state, e), e),
        StopAsked => Rest(state with { Wish = Wish.Down }, e.Detail),
        StartAsked or RestartAsked or WaitAsked or HurryAsked or SpawnFailed or StartRefused or Exited or ProbePassed or ProbeFailed or NotifiedReady
            or WatchdogPinged or WatchdogTriggered or TimeoutExtended or Drained or MemorySampled or Resumed => Ignore(state, e),
    };

    private static bool IsStale(InstanceState state, InstanceEvent e) => e.Kind switch
    {
        SpawnFailed or StartRefused or Exited or ProbePassed or ProbeFailed or NotifiedReady or WatchdogPinged or WatchdogTriggered
            or TimeoutExtended or Drained or MemorySampled => e.Generation != state.Generation,
        TimerFired => e.Span != state.Due,
        StartAsked or RestartAsked or StopAsked or HurryAsked or WaitAsked or Resumed => false,
    };
}
