using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>A healthcheck can fail: the kernel itself accepts connections to a socket on which Mainstay listens, even for a process that never does.</summary>
internal static class ProbeChecks
{
    public static void Run(StackSpec stack, Declared declared, ReadContext context)
    {
        // A healthcheck that could not be read is taken for one by tcp; only one that says tcp is meant here.
        foreach (var service in stack.Services.Where(s => s.Port.Kind is PortKind.Inherit && s.Healthcheck?.Probe is TcpProbeSpec && declared.Says(s.Name, "healthcheck", "tcp")))
        {
            context.Report(
                ManifestCodes.ProbeProvesNothing,
                declared.PlaceOf(service.Name, "healthcheck", "tcp"),
                $"service \"{service.Name}\" has \"port: inherit\" and a healthcheck by tcp, which proves nothing: Mainstay holds the listening socket, so a connection opens even if the process never accepts it",
                "check by \"http: /health\", or by \"notify: true\" if the service says READY=1");
        }
    }
}
