using System.Globalization;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Cgroups;

/// <summary>Our part of cgroup v2: one directory for a home, one below it for each run. They come and go with the runs.</summary>
/// <remarks>
/// As root it stands at the top of the hierarchy, so that it outlives whatever unit or session the daemon was started from, unless the
/// manager of the host delegated us a part; then, and as another user, it stands below our own cgroup.
/// </remarks>
public sealed class CgroupTree
{
    private readonly string? _root;

    private CgroupTree(string? root, CgroupCapabilities capabilities)
    {
        _root = root;
        Capabilities = capabilities;
    }

    public CgroupCapabilities Capabilities { get; }

    /// <summary>Finds out what can be done. Never throws.</summary>
    /// <param name="name">Of the home; the same for every daemon on it.</param>
    public static CgroupTree Open(string name)
    {
        var mounts = CgroupMounts.Find(Cgroup.ReadLines("/proc/self/mountinfo"), Cgroup.ReadLines("/proc/self/cgroup"));
        if (mounts is null)
        {
            return None("cgroup v2 is not mounted");
        }

        var parent = Libc.GetEuid() == 0 && !IsDelegated(mounts.Own) ? mounts.Mount : mounts.Own;
        var root = Path.Combine(parent, name);
        try
        {
            Directory.CreateDirectory(root);
            using (File.Open(Path.Combine(root, "cgroup.procs"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
            }

            var tree = new CgroupTree(root, Enable(parent, root));
            tree.Sweep();
            return tree;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return None($"{parent} cannot be written");
        }
    }

    /// <summary>A new cgroup with its limits; null where there are none, or this one could not be made.</summary>
    /// <param name="name">Of the run, like "api-1.r5".</param>
    public Cgroup? Create(string name, long? memory, double? cpus)
    {
        if (_root is null)
        {
            return null;
        }

        try
        {
            // The cgroup first: once it is there, those above it cannot be removed with the last run of another service.
            var cgroup = new Cgroup(Directory.CreateDirectory(Path.Combine(_root, name)).FullName, Path.GetDirectoryName(_root));
            if (Capabilities.MemoryLimit || Capabilities.CpuLimit)
            {
                Delegate(_root);
                Delegate(Path.GetDirectoryName(cgroup.Path)!);
            }

            if (memory is { } bytes && Capabilities.MemoryLimit)
            {
                cgroup.LimitMemory(bytes);
            }

            if (cpus is { } cores && Capabilities.CpuLimit)
            {
                cgroup.LimitCpus(cores);
            }

            return cgroup;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The cgroup of ours that a process is in, or null.</summary>
    public Cgroup? Of(int pid)
    {
        var entry = _root is null ? null : Cgroup.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cgroup"))
            .FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal));
        var marker = "/" + Path.GetFileName(_root) + "/";
        var at = entry?.IndexOf(marker, StringComparison.Ordinal) ?? -1;
        return at < 0 ? null : new Cgroup(Path.Combine(_root!, entry![(at + marker.Length)..]), Path.GetDirectoryName(_root));
    }

    /// <summary>The cgroup that was made by this name, or null when there is none any more.</summary>
    public Cgroup? Find(string name) => _root is not null && Path.Combine(_root, name) is var path && Directory.Exists(path) ? new Cgroup(path, Path.GetDirectoryName(_root)) : null;

    private static CgroupTree None(string why) =>
        new(null, new(false, false, false, $"No cgroup limits and no kill by cgroup: {why}; memory limits are watched by sampling and trees are found by session, parent and environment."));

    private static CgroupCapabilities Enable(string parent, string root)
    {
        var offered = File.ReadAllText(Path.Combine(parent, "cgroup.controllers")).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (!offered.Contains("memory") && !offered.Contains("cpu"))
        {
            return new(true, false, false, "No cgroup limits: the host uses cgroup v1 for memory and cpu; memory limits are watched by sampling, cpus is not limited.");
        }

        StepAside(parent);
        Delegate(parent);
        var given = File.ReadAllText(Path.Combine(root, "cgroup.controllers"));
        var memory = given.Contains("memory", StringComparison.Ordinal);
        var cpu = HasWord(given, "cpu");
        var missing = (memory, cpu) switch
        {
            (true, true) => "",
            (true, false) => "cpus is not limited: the cpu controller is not available below " + parent + ".",
            (false, true) => "No kernel limit of memory: the memory controller is not available below " + parent + "; memory limits are watched by sampling.",
            (false, false) => "No cgroup limits: " + parent + " gives its controllers to no cgroup below it; memory limits are watched by sampling, cpus is not limited.",
        };
        Delegate(root);
        return new(true, memory, cpu, missing);
    }

    /// <summary>Each controller by itself: one that is refused must not take the others with it.</summary>
    private static void Delegate(string directory)
    {
        var cgroup = new Cgroup(directory);
        foreach (var controller in (string[])["+memory", "+cpu", "+pids"])
        {
            cgroup.Write("cgroup.subtree_control", controller);
        }
    }

    /// <summary>Below a cgroup with members the kernel enables no controllers. In a part that was delegated to us alone, we move out of its top.</summary>
    private static void StepAside(string parent)
    {
        var members = Cgroup.ReadLines(Path.Combine(parent, "cgroup.procs"));
        if (members.Length == 1 && members[0] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) && File.Exists(Path.Combine(parent, "cgroup.type")))
        {
            try
            {
                new Cgroup(Directory.CreateDirectory(Path.Combine(parent, "daemon")).FullName).Write("cgroup.procs", members[0]);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Then there are no controllers, and that is what will be said.
            }
        }
    }

    /// <summary>Removes what runs that ended without us left behind, up to the home's own directory.</summary>
    private void Sweep()
    {
        var top = Path.GetDirectoryName(_root);
        foreach (var stack in Directory.EnumerateDirectories(_root!).ToList())
        {
            var runs = Directory.EnumerateDirectories(stack).ToList();
            runs.ForEach(run => new Cgroup(run, top).Remove());
            if (runs.Count == 0)
            {
                new Cgroup(stack, top).Remove();
            }
        }

        if (Directory.Exists(_root) && !Directory.EnumerateDirectories(_root).Any())
        {
            new Cgroup(_root, top).Remove();
        }
    }

    private static bool HasWord(string text, string word) => text.Split((char[])[' ', '\n']).Contains(word);

    private static unsafe bool IsDelegated(string directory)
    {
        byte value;
        return Libc.GetExtendedAttribute(directory, "trusted.delegate", &value, 1) == 1 && value == '1';
    }
}
