using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Instances;

/// <summary>How an instance shows that it is ready.</summary>
internal enum ReadyBy
{
    /// <summary>Nothing can be asked of it: it is ready when it has lived for the settling time.</summary>
    Settling,

    /// <summary>A probe passes while the process lives.</summary>
    Probe,

    /// <summary>The service says READY=1.</summary>
    Notify,
}

/// <summary>The choices of the manifest that the machine needs, in the machine's words.</summary>
/// <param name="StartDeadline">From the spawn; with <see cref="ReadyBy.Settling"/> the settling time.</param>
/// <param name="Retries">Failed probes in a row after readiness that make it unhealthy; null when nobody asks after readiness.</param>
/// <param name="Watchdog">Longest silence after the first WATCHDOG=1; null when none was promised.</param>
/// <param name="Spell">Ready for this long, an instance has shown that it can live: its restart delay starts small again.</param>
/// <param name="OneShot">Others wait for it to complete: exit 0 is success and the end.</param>
/// <param name="Unhurried">Others have its place, and it ends when what it carries has ended (calls): it is told so by another signal, and asks for the time it needs.</param>
/// <param name="OneTry">It has not been judged yet, and another start would be another process: it is never started twice.</param>
internal sealed record InstancePolicy(
    RestartSpec Restart,
    ReadyBy ReadyBy,
    TimeSpan StartDeadline,
    int? Retries,
    TimeSpan? Watchdog,
    TimeSpan Grace,
    TimeSpan DrainDeadline,
    TimeSpan Spell,
    long? MemoryLimit,
    long? MemoryWarn,
    bool OneShot,
    bool Unhurried,
    bool OneTry)
{
    /// <summary>A service that nobody can ask is believed after it has lived this long: most programs that cannot start die sooner.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What is asked of a service with a port whose manifest declares no healthcheck: that it listens. After that it is left alone.
    /// Of one that inherits its socket this would prove nothing, because the socket is ours: it is ready once it has settled.
    /// </summary>
    public static readonly HealthcheckSpec ImpliedCheck = new(new TcpProbeSpec(), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), 3, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(250));

    /// <param name="isReplaced">The lane makes room for others of a service that is wanted.</param>
    public static InstancePolicy Of(ServiceSpec spec, TimeSpan wsDrain, bool oneShot, bool isReplaced, bool oneTry)
    {
        var check = CheckOf(spec, oneShot);
        var notify = check?.Probe is NotifyProbeSpec;
        return new(
            spec.Restart,
            check is null ? ReadyBy.Settling : notify ? ReadyBy.Notify : ReadyBy.Probe,
            check is null ? Settling : Deadline(check),
            spec.Healthcheck is null || notify ? null : Math.Max(1, spec.Healthcheck.Retries),
            notify ? WatchdogOf(check!) : null,
            spec.Stop.Grace,
            DrainDeadlineOf(spec, wsDrain),
            spec.Restart.BackoffMax > TimeSpan.FromSeconds(10) ? spec.Restart.BackoffMax : TimeSpan.FromSeconds(10),
            spec.Resources.Memory,
            spec.Resources.MemoryWarn,
            oneShot,
            isReplaced && spec.Kind is ServiceKind.Ingest,
            oneTry);
    }

    /// <summary>What ships with Mainstay drains itself as soon as it is asked to stop: it tells its clients when to come back, and leaves none without an answer.</summary>
    private static TimeSpan DrainDeadlineOf(ServiceSpec spec, TimeSpan wsDrain) =>
        spec.Kind is not ServiceKind.Process ? TimeSpan.Zero : spec.Stop.Grace > wsDrain ? spec.Stop.Grace : wsDrain;

    /// <summary>The check that readiness is asked by; null when there is nothing to ask.</summary>
    public static HealthcheckSpec? CheckOf(ServiceSpec spec, bool oneShot) => spec.Healthcheck switch
    {
        { } declared => declared,
        null when spec.Port.Kind is PortKind.Auto or PortKind.Fixed && !oneShot => ImpliedCheck,
        null => null,
    };

    /// <summary>How long a service that pings its watchdog may be silent: as long as probes would take to give it up.</summary>
    public static TimeSpan WatchdogOf(HealthcheckSpec check) => check.Interval * Math.Max(1, check.Retries);

    private static TimeSpan Deadline(HealthcheckSpec check) => check.StartPeriod + (check.Interval * Math.Max(1, check.Retries));
}
