using Mainstay.Linux.Processes;

namespace Mainstay.Supervisor.Instances;

internal enum InstanceEventKind
{
    /// <summary>The service wants it up. With a newer stamp it is an explicit start, which releases the restart brake.</summary>
    StartAsked,

    /// <summary>The service wants its process replaced in place, with a newer stamp.</summary>
    RestartAsked,
    StopAsked,

    /// <summary>It was to end when what it carries has ended; now it is to end soon.</summary>
    HurryAsked,

    /// <summary>The service wants it up, but something that it depends on is not there yet.</summary>
    WaitAsked,

    /// <summary>No process came of a spawn.</summary>
    SpawnFailed,

    /// <summary>The spawn was not tried, because its intent could not be written to the journal.</summary>
    StartRefused,
    Exited,

    /// <summary>The time in <see cref="InstanceState.Due"/> has come.</summary>
    TimerFired,
    ProbePassed,
    ProbeFailed,

    /// <summary>READY=1.</summary>
    NotifiedReady,

    /// <summary>WATCHDOG=1.</summary>
    WatchdogPinged,

    /// <summary>WATCHDOG=trigger: the service itself says that it has failed.</summary>
    WatchdogTriggered,

    /// <summary>EXTEND_TIMEOUT_USEC.</summary>
    TimeoutExtended,

    /// <summary>The edge has nothing of it in flight any more, or its drain deadline is over.</summary>
    Drained,
    MemorySampled,

    /// <summary>A new daemon has taken over this instance as the journal has it; what exists of it was found again.</summary>
    Resumed,
}

/// <summary>Something that happened to an instance. Which of the fields mean something, the factories say.</summary>
internal sealed record InstanceEvent(InstanceEventKind Kind)
{
    public int Generation { get; private init; }

    public int Stamp { get; private init; }

    public ExitStatus Exit { get; private init; }

    /// <summary>From 0 to 1, from outside: spreads restart delays.</summary>
    public double Chance { get; private init; }

    public TimeSpan Span { get; private init; }

    public long Bytes { get; private init; }

    /// <summary>The probe passed, and the service says of itself that it is degraded.</summary>
    public bool Degraded { get; private init; }

    /// <summary>One phrase: what the asker or the probe said.</summary>
    public string Detail { get; private init; } = "";

    public static InstanceEvent StartAsked(int stamp, string because) => new(InstanceEventKind.StartAsked) { Stamp = stamp, Detail = because };

    public static InstanceEvent RestartAsked(int stamp, string because) => new(InstanceEventKind.RestartAsked) { Stamp = stamp, Detail = because };

    public static InstanceEvent HurryAsked { get; } = new(InstanceEventKind.HurryAsked) { Detail = "what it carries is not waited for any more" };

    public static InstanceEvent StopAsked(string because) => new(InstanceEventKind.StopAsked) { Detail = because };

    public static InstanceEvent WaitAsked(int stamp, string because) => new(InstanceEventKind.WaitAsked) { Stamp = stamp, Detail = because };

    public static InstanceEvent SpawnFailed(int generation, string what, double chance) => new(InstanceEventKind.SpawnFailed) { Generation = generation, Detail = what, Chance = chance };

    public static InstanceEvent StartRefused(int generation, string what) => new(InstanceEventKind.StartRefused) { Generation = generation, Detail = what };

    public static InstanceEvent Exited(int generation, ExitStatus exit, double chance) => new(InstanceEventKind.Exited) { Generation = generation, Exit = exit, Chance = chance };

    /// <param name="due">The <see cref="InstanceState.Due"/> that the timer was armed for.</param>
    public static InstanceEvent TimerFired(TimeSpan due) => new(InstanceEventKind.TimerFired) { Span = due };

    public static InstanceEvent ProbePassed(int generation, bool degraded, string detail) => new(InstanceEventKind.ProbePassed) { Generation = generation, Degraded = degraded, Detail = detail };

    public static InstanceEvent ProbeFailed(int generation, string detail) => new(InstanceEventKind.ProbeFailed) { Generation = generation, Detail = detail };

    public static InstanceEvent NotifiedReady(int generation) => new(InstanceEventKind.NotifiedReady) { Generation = generation };

    public static InstanceEvent WatchdogPinged(int generation) => new(InstanceEventKind.WatchdogPinged) { Generation = generation };

    public static InstanceEvent WatchdogTriggered(int generation) => new(InstanceEventKind.WatchdogTriggered) { Generation = generation };

    public static InstanceEvent TimeoutExtended(int generation, TimeSpan by) => new(InstanceEventKind.TimeoutExtended) { Generation = generation, Span = by };

    public static InstanceEvent Drained(int generation, string detail) => new(InstanceEventKind.Drained) { Generation = generation, Detail = detail };

    public static InstanceEvent MemorySampled(int generation, long bytes) => new(InstanceEventKind.MemorySampled) { Generation = generation, Bytes = bytes };

    public static InstanceEvent Resumed() => new(InstanceEventKind.Resumed);
}
