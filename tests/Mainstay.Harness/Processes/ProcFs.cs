using System.Globalization;

namespace Mainstay.Harness.Processes;

/// <summary>Looks at processes through /proc, the one judge that favours no supervisor.</summary>
public static class ProcFs
{
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds that the processes used so far, in user and kernel mode together.</summary>
    public static double CpuSeconds(IEnumerable<int> pids) =>
        pids.Select(ProcStat.Read).Sum(stat => stat is null ? 0 : (stat.UserTicks + stat.SystemTicks) / TicksPerSecond);

    public static long ResidentBytes(int pid) => Rollup(pid, "Rss:");

    /// <summary>Memory that only this process has: what would come free if it ended.</summary>
    public static long PrivateBytes(int pid) => Rollup(pid, "Private_Clean:") + Rollup(pid, "Private_Dirty:");

    /// <summary>The part of it that no file holds: what the kernel cannot simply drop when memory is short.</summary>
    public static long DirtyBytes(int pid) => Rollup(pid, "Private_Dirty:");

    public static IEnumerable<int> AllPids() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let pid = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where pid > 0
        select pid;

    public static IEnumerable<int> ChildrenOf(int parent) => AllPids().Where(pid => ProcStat.Read(pid)?.Parent == parent);

    /// <summary>The process and all its living descendants.</summary>
    public static IReadOnlyList<int> Tree(int root)
    {
        var parents = AllPids().Select(pid => (pid, ProcStat.Read(pid)?.Parent)).ToLookup(pair => pair.Parent, pair => pair.pid);
        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents[tree[i]]);
        }

        return tree;
    }

    /// <summary>Processes whose command line, environment or working folder names this text; a unique folder makes a unique sign.</summary>
    public static IReadOnlyList<ProcessMark> Mentioning(string text) =>
        [.. AllPids().Where(pid => pid != Environment.ProcessId && Mentions(pid, text)).Select(ProcessMark.Of).OfType<ProcessMark>()];

    public static string CommandLine(int pid) => TryRead($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();

    public static string WorkingFolder(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    internal static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended meanwhile, which is an answer too.
        }
    }

    private static bool Mentions(int pid, string text) =>
        TryRead($"/proc/{pid}/cmdline").Contains(text, StringComparison.Ordinal)
        || TryRead($"/proc/{pid}/environ").Contains(text, StringComparison.Ordinal)
        || WorkingFolder(pid).StartsWith(text, StringComparison.Ordinal);

    private static long Rollup(int pid, string key) =>
        (from line in TryRead($"/proc/{pid}/smaps_rollup").Split('\n')
         where line.StartsWith(key, StringComparison.Ordinal)
         select long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024).Sum();
}
