using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Services;

/// <summary>Whether the host can set the limits that services ask for.</summary>
internal static class LimitsCheck
{
    public static void Run(ServiceCase service, Findings findings)
    {
        if (service.Service.Resources.OpenFiles is { } wanted && wanted > service.Host.MostOpenFiles)
        {
            findings.Error(
                HostCodes.OpenFilesTooMany,
                findings.At(service.Service.Span, "resources.open_files"),
                $"{service.Subject} asks for {wanted} open files, but at most {service.Host.MostOpenFiles} can be given here",
                service.Host.Self.IsRoot ? "lower open_files, or raise fs.nr_open (sysctl)" : "lower open_files, raise the hard limit (LimitNOFILE of the unit, or limits.conf), or run Mainstay as root");
        }
    }

    /// <returns>What to say once when limits must be kept by watching instead of by the kernel; null when there is nothing to say.</returns>
    public static string? NoticeFor(StackSpec stack, string missing)
    {
        var memory = stack.Services.Any(s => s.Resources.Memory is not null);
        var cpus = stack.Services.Any(s => s.Resources.Cpus is not null);
        return (missing.Length > 0, memory, cpus) switch
        {
            (false, _, _) or (_, false, false) => null,
            (true, true, false) => $"memory limits are kept by watching, not by the kernel: {missing}",
            (true, false, true) => $"cpu limits are not enforced on this host: {missing}",
            (true, true, true) => $"memory limits are kept by watching and cpu limits are not enforced on this host: {missing}",
        };
    }
}
