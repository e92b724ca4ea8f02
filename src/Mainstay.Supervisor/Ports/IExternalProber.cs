using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Ports;

/// <summary>Asks once whether something that Mainstay does not run is there. Never throws; a fault of ours is a failed probe that says so.</summary>
public interface IExternalProber
{
    Task<ProbeResult> ProbeAsync(ExternalSpec external, CancellationToken token);
}
