using System.Globalization;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Validation;

/// <summary>Nobody sets what Mainstay sets: the process would get a value that does not hold.</summary>
internal static class EnvironmentChecks
{
    private static readonly string[] s_ours = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

    public static void Run(StackSpec stack, Declared declared, ReadContext context)
    {
        foreach (var service in stack.Services)
        {
            foreach (var (name, value) in service.Environment)
            {
                if (Fault(service, name, value) is { } fault)
                {
                    context.Report(
                        ManifestCodes.VariableIsOurs,
                        declared.PlaceOf(service.Name, "environment", name),
                        $"service \"{service.Name}\" sets {name}, {fault.But}",
                        fault.Fix);
                }
            }
        }
    }

    private static (string But, string Fix)? Fault(ServiceSpec service, string name, string value)
    {
        if (name.StartsWith("MAINSTAY_", StringComparison.Ordinal) || s_ours.Contains(name))
        {
            return ("which Mainstay sets itself", $"remove {name} from environment, or rename it");
        }

        if (name != "PORT")
        {
            return null;
        }

        return service.Port.Kind switch
        {
            PortKind.Auto or PortKind.Inherit =>
                ("but Mainstay picks the port of each instance and passes it as PORT", "remove PORT from environment; if the service must have this very port, write it as \"port:\" of the service"),
            PortKind.Fixed when value != service.Port.Number.ToString(CultureInfo.InvariantCulture) =>
                ($"but not to its port {service.Port.Number}", "remove PORT from environment; Mainstay passes the port as PORT"),
            PortKind.Fixed or PortKind.None => null,
        };
    }
}
