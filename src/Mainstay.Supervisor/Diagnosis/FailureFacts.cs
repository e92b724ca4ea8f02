using System.Collections.Immutable;
using Mainstay.Contracts.Logs;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Diagnosis;

/// <summary>What an instance failed at, as the supervisor saw it happen.</summary>
public enum FailureKind
{
    /// <summary>No process came to be: <see cref="FailureFacts.Spawn"/> says at which stage.</summary>
    NotSpawned,

    /// <summary>The process ended before it was ready: <see cref="FailureFacts.Exit"/> says how.</summary>
    ExitedBeforeReady,

    /// <summary>The process lived past its start deadline and was never ready.</summary>
    NotReadyInTime,

    /// <summary>The process had been ready and then ended unasked.</summary>
    ExitedAfterReady,

    /// <summary>The process had been ready and then failed its health check, or fell silent on its watchdog.</summary>
    Unhealthy,

    /// <summary>The process tree went over the declared memory limit.</summary>
    OverMemory,

    /// <summary>Something that it depends on was not there in time; no process was started.</summary>
    DependencyMissing,
}

/// <summary>Everything known about one failure, gathered at the moment it happened; the explanation is a pure function of it. Holds names of variables and never a value.</summary>
/// <param name="Instance">For example <c>api-1</c>; null when no instance was made.</param>
/// <param name="Because">The sentence of the transition that was the failure, e.g. <c>exited with code 1 after 0.3 s</c>.</param>
/// <param name="ExpectedPort">The port that the service was told to listen on (PORT), when it has one.</param>
/// <param name="Listening">What the process tree listened on when it failed; null when nobody could tell (it was gone, or the host cannot say).</param>
/// <param name="PortHolder">Who held <paramref name="ExpectedPort"/> when it was not the instance itself; one phrase.</param>
/// <param name="Uptime">How long the process lived.</param>
/// <param name="StartDeadline">How long it was given to become ready.</param>
/// <param name="Starts">Starts in a row that did not become ready, this one included.</param>
/// <param name="Probes">Of this process, oldest first; the first few and the newest are kept.</param>
/// <param name="ProbesLeftOut">How many results between those were not kept.</param>
/// <param name="LastLines">The newest lines that the process wrote, oldest first.</param>
/// <param name="EnvironmentNames">Names of the variables that the process was given.</param>
/// <param name="Waiting">For <see cref="FailureKind.DependencyMissing"/>: each dependency that was missing, one sentence.</param>
/// <param name="Kept">What serves instead, when something does; one sentence.</param>
public sealed record FailureFacts(
    ServiceName Service,
    string? Instance,
    FailureKind Kind,
    string Because,
    ServiceSpec Spec,
    int? ExpectedPort,
    ImmutableArray<ListeningSocket>? Listening,
    string? PortHolder,
    ExitStatus? Exit,
    SpawnResult.Failed? Spawn,
    TimeSpan Uptime,
    TimeSpan StartDeadline,
    int Starts,
    ImmutableArray<ProbeResult> Probes,
    int ProbesLeftOut,
    ImmutableArray<LogRecord> LastLines,
    ImmutableArray<string> EnvironmentNames,
    ImmutableArray<string> Waiting,
    string? Kept);
