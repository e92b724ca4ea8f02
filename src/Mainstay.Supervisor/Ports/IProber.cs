using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Ports;

/// <summary>Asks a process once whether it is well. Never throws; a fault of ours is a failed probe that says so.</summary>
public interface IProber
{
    Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken token);
}

/// <param name="Port">Null when the service listens on nothing that we know.</param>
public sealed record ProbeTarget(
    ProbeSpec Probe,
    TimeSpan Timeout,
    int? Port,
    string Directory,
    ImmutableSortedDictionary<string, string> Environment,
    string? User);

public enum ProbeOutcome
{
    Passed,

    /// <summary>Passed, and the service says of itself that it is degraded.</summary>
    Degraded,
    Refused,
    TimedOut,
    WrongStatus,
    Redirected,
    WrongBody,
    CommandFailed,
    Broken,
}

/// <param name="Detail">One line for the screen: the status and a snippet of the body, the redirect's target, the exit code and last output.</param>
public sealed record ProbeResult(DateTimeOffset At, ProbeOutcome Outcome, TimeSpan Took, string Detail)
{
    public bool Passed => Outcome is ProbeOutcome.Passed or ProbeOutcome.Degraded;
}
