using System.Globalization;
using System.Runtime.InteropServices;

namespace Mainstay.Cli.Doctor;

/// <summary>What this machine's kernel gives: versions, limits, cgroups, ports.</summary>
internal static class HostExamination
{
    /// <summary>pidfd_open, without which a process cannot be held safely.</summary>
    private static readonly Version OldestKernel = new(5, 3);

    private const int FewOpenFiles = 4_096;

    public static IEnumerable<Finding> Examine(CliHost host)
    {
        yield return Kernel();
        yield return Cgroups();
        yield return OpenFiles();
        yield return Ports(host.IsRoot);
    }

    private static Finding Kernel()
    {
        var version = Environment.OSVersion.Version;
        var what = $"Linux {version}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} CPUs";
        return version < OldestKernel
            ? new(FindingLevel.Bad, "system", what, $"Mainstay needs Linux {OldestKernel} or newer: it holds processes by pidfd")
            : new(FindingLevel.Ok, "system", what);
    }

    private static Finding Cgroups()
    {
        foreach (var root in (string[])["/sys/fs/cgroup", "/sys/fs/cgroup/unified"])
        {
            if (FirstLine(Path.Combine(root, "cgroup.controllers")) is not { } line)
            {
                continue;
            }

            var controllers = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return controllers.Contains("memory") && controllers.Contains("cpu")
                ? new(FindingLevel.Ok, "cgroups", $"cgroup v2 at {root} offers {string.Join(", ", controllers)}")
                : new(FindingLevel.Note, "cgroups", $"cgroup v2 at {root} offers no memory and cpu controllers: memory limits are watched by Mainstay, CPU limits cannot be set", "boot with systemd.unified_cgroup_hierarchy=1, or do without");
        }

        return new(FindingLevel.Note, "cgroups", "there is no cgroup v2: memory limits are watched by Mainstay, CPU limits cannot be set", "boot with systemd.unified_cgroup_hierarchy=1, or do without");
    }

    private static Finding OpenFiles()
    {
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(4);
        return int.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit < FewOpenFiles
            ? new(FindingLevel.Note, "open files", $"at most {limit} per process", "raise it (ulimit -Hn, LimitNOFILE=) before an edge serves many connections")
            : new(FindingLevel.Ok, "open files", $"at most {hard ?? "unknown"} per process");
    }

    private static Finding Ports(bool isRoot)
    {
        var range = FirstLine("/proc/sys/net/ipv4/ip_local_port_range")?.Replace('\t', '-') ?? "unknown";
        var first = FirstLine("/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? "1024";
        var low = isRoot || first == "0" ? "low ports may be listened on" : $"ports below {first} need root or sysctl net.ipv4.ip_unprivileged_port_start";
        return new(FindingLevel.Ok, "ports", $"{low}; the kernel hands out {range} for outgoing connections, so a service's fixed port is safest outside of it");
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault()?.Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
