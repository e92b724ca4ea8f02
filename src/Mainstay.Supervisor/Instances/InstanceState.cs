using System.Collections.Immutable;
using Mainstay.Contracts.Api;

namespace Mainstay.Supervisor.Instances;

/// <summary>What is wanted of an instance. Kept apart from its phase, so that a start asked during a stop is not lost.</summary>
internal enum Wish
{
    Down,
    Up,
}

/// <summary>Why a running process is being ended. Decides what its exit means.</summary>
internal enum EndReason
{
    None,

    /// <summary>Somebody asked for the stop; the exit counts against nobody.</summary>
    Asked,

    /// <summary>Somebody asked for a restart: the same, and a start follows at once.</summary>
    Restart,

    /// <summary>Not ready before the start deadline. This and the following count as unplanned exits.</summary>
    Unready,
    Unhealthy,
    Watchdog,
    Memory,
}

/// <summary>Everything the machine remembers about one instance between events. All times are of the home's steady clock, which no change of the wall clock moves.</summary>
/// <param name="Generation">Grows with every spawn; events of an earlier process carry a smaller one and are dropped.</param>
/// <param name="Stamp">The number of the last explicit start that this instance has followed.</param>
/// <param name="Exits">When unplanned exits happened, oldest first; what has left the window or exceeds the limit is forgotten.</param>
/// <param name="Restarts">Unplanned exits since the last explicit start; for the eye, not for the brake.</param>
/// <param name="Streak">Unplanned exits since the last healthy spell; the exponent of the delay.</param>
/// <param name="FailedStarts">Starts in a row that ended before they were ready.</param>
/// <param name="Late">Since it was last ready, some process lived past its start deadline; whoever waits for it should hear that.</param>
/// <param name="Ending">Why the process is being ended, in draining and stopping.</param>
/// <param name="Killed">The grace is over and SIGKILL was sent.</param>
/// <param name="Planned">The process goes away because it was meant to, and a start follows: requests are worth holding.</param>
/// <param name="Ready">This process became ready.</param>
/// <param name="EverReady">Some process of this instance became ready.</param>
/// <param name="Completed">The last process did its one job and exited with 0.</param>
/// <param name="StartedAt">When the last process was started.</param>
/// <param name="ReadyAt">When this process became ready.</param>
/// <param name="Due">When the one timer of this phase fires: start deadline, watchdog, drain, grace, restart delay or retry.</param>
/// <param name="ProbeFailures">In a row.</param>
/// <param name="MemoryWarned">Over the warning level, and it was said.</param>
/// <param name="Cause">How the last process failed, in words, kept over the restarts that follow; null when none has since the last explicit start.</param>
/// <param name="Because">One sentence: the last transition.</param>
internal sealed record InstanceState(
    InstancePhase Phase,
    Wish Wish,
    Health Health,
    int Generation,
    int Stamp,
    ImmutableArray<TimeSpan> Exits,
    int Restarts,
    int Streak,
    int FailedStarts,
    bool Late,
    EndReason Ending,
    bool Killed,
    bool Planned,
    bool Ready,
    bool EverReady,
    bool Completed,
    TimeSpan StartedAt,
    TimeSpan ReadyAt,
    TimeSpan? Due,
    int ProbeFailures,
    bool MemoryWarned,
    string? Cause,
    string Because)
{
    public static InstanceState Initial { get; } = new(
        InstancePhase.Stopped,
        Wish.Down,
        Health.Unknown,
        Generation: 0,
        Stamp: 0,
        Exits: [],
        Restarts: 0,
        Streak: 0,
        FailedStarts: 0,
        Late: false,
        EndReason.None,
        Killed: false,
        Planned: false,
        Ready: false,
        EverReady: false,
        Completed: false,
        StartedAt: TimeSpan.Zero,
        ReadyAt: TimeSpan.Zero,
        Due: null,
        ProbeFailures: 0,
        MemoryWarned: false,
        Cause: null,
        "not started yet");

    /// <summary>It has seen this explicit start.</summary>
    public bool Follows(int stamp) => Stamp >= stamp;

    /// <summary>A process exists, or is being made at this moment.</summary>
    public bool HasProcess => Phase is InstancePhase.Starting or InstancePhase.Running or InstancePhase.Draining or InstancePhase.Stopping;

    /// <summary>It may be given requests.</summary>
    public bool Serves => Phase is InstancePhase.Running && Health is not Health.Unhealthy;

    /// <summary>What must survive the daemon; the rest is learned again by watching.</summary>
    public InstanceState Durable() => this with { ProbeFailures = 0, Due = Phase is InstancePhase.Running ? null : Due };

    public bool Equals(InstanceState? other) =>
        other is not null
        && (Phase, Wish, Health, Generation, Stamp, Restarts, Streak, FailedStarts) == (other.Phase, other.Wish, other.Health, other.Generation, other.Stamp, other.Restarts, other.Streak, other.FailedStarts)
        && (Late, Ending, Killed, Planned, Ready, EverReady, Completed, StartedAt, ReadyAt) == (other.Late, other.Ending, other.Killed, other.Planned, other.Ready, other.EverReady, other.Completed, other.StartedAt, other.ReadyAt)
        && (Due, ProbeFailures, MemoryWarned, Cause, Because) == (other.Due, other.ProbeFailures, other.MemoryWarned, other.Cause, other.Because)
        && Exits.AsSpan().SequenceEqual(other.Exits.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Phase, Wish, Generation, Stamp, Restarts, Because);
}
