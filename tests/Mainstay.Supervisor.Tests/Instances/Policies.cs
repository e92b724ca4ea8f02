using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Tests.Instances;

/// <summary>Policies and states that the tests of this folder start from.</summary>
internal static class Policies
{
    public static RestartSpec Restart { get; } = new(RestartKind.Always, 3, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), [], null);

    public static InstancePolicy Probed { get; } = new(
        Restart,
        ReadyBy.Probe,
        StartDeadline: TimeSpan.FromSeconds(60),
        Retries: 3,
        Watchdog: null,
        Grace: TimeSpan.FromSeconds(10),
        DrainDeadline: TimeSpan.FromSeconds(30),
        Spell: TimeSpan.FromSeconds(30),
        MemoryLimit: 500_000_000,
        MemoryWarn: 300_000_000,
        OneShot: false,
        Unhurried: false,
        OneTry: false);

    public static TimeSpan Now { get; } = TimeSpan.FromHours(1);

    /// <summary>An instance as it typically is in a phase, at <see cref="Now"/>.</summary>
    public static InstanceState In(InstancePhase phase, Wish wish = Wish.Up)
    {
        var state = InstanceState.Initial with { Phase = phase, Wish = wish, Generation = 4, Stamp = 2, StartedAt = Now - TimeSpan.FromSeconds(5), Because = "as it was" };
        return phase switch
        {
            InstancePhase.Starting => state with { Due = Now },
            InstancePhase.Running => Ready(state) with { Health = Health.Healthy, Due = Now },
            InstancePhase.Draining => Ready(state) with { Health = Health.Healthy, Ending = EndReason.Asked, Due = Now },
            InstancePhase.Stopping => Ready(state) with { Ending = EndReason.Asked, Due = Now },
            InstancePhase.Backoff => state with { Health = Health.Unhealthy, Exits = [Now], Restarts = 1, Streak = 1, Due = Now, Cause = "exited with code 1" },
            InstancePhase.Parked => state with { Health = Health.Unhealthy, Exits = [Now, Now, Now, Now], Restarts = 4, Streak = 4, Due = Now, Cause = "exited with code 1" },
            InstancePhase.Waiting or InstancePhase.Stopped => state,
        };
    }

    /// <summary>One event of each kind, none of them stale.</summary>
    public static ImmutableArray<InstanceEvent> Events(InstanceState state) =>
    [
        InstanceEvent.StartAsked(state.Stamp, "a start was asked again"),
        InstanceEvent.StartAsked(state.Stamp + 1, "an explicit start was asked"),
        InstanceEvent.RestartAsked(state.Stamp + 1, "a restart was asked"),
        InstanceEvent.StopAsked("a stop was asked"),
        InstanceEvent.HurryAsked,
        InstanceEvent.WaitAsked(state.Stamp + 1, "waits for db"),
        InstanceEvent.SpawnFailed(state.Generation, "could not be started: executing: No such file or directory", 0),
        InstanceEvent.StartRefused(state.Generation, "the journal cannot be written"),
        InstanceEvent.Exited(state.Generation, new(1, null), 0),
        InstanceEvent.TimerFired(state.Due ?? Now),
        InstanceEvent.ProbePassed(state.Generation, degraded: false, "200 OK"),
        InstanceEvent.ProbeFailed(state.Generation, "connection refused"),
        InstanceEvent.NotifiedReady(state.Generation),
        InstanceEvent.WatchdogPinged(state.Generation),
        InstanceEvent.WatchdogTriggered(state.Generation),
        InstanceEvent.TimeoutExtended(state.Generation, TimeSpan.FromSeconds(20)),
        InstanceEvent.Drained(state.Generation, "nothing was in flight"),
        InstanceEvent.MemorySampled(state.Generation, 600_000_000),
        InstanceEvent.Resumed(),
    ];

    private static InstanceState Ready(InstanceState state) => state with { Ready = true, EverReady = true, ReadyAt = Now - TimeSpan.FromSeconds(4) };
}
