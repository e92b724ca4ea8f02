using System.Collections.Immutable;
using System.Text;

namespace Mainstay.Linux.Proc.Ports;

/// <summary>What /proc tells of one process, read once. Arguments and variables are bounded; of the environment only names that tell who runs it are kept.</summary>
internal sealed record ProcessFacts(
    int Pid, int Parent, long StartTicks, string Name, ImmutableArray<string> Arguments, ImmutableDictionary<string, string> Variables, ImmutableArray<string> Cgroups)
{
    private const int MostBytes = 256 * 1024;

    private static readonly HashSet<string> Telling = ["MAINSTAY_STACK", "MAINSTAY_SERVICE", "PM2_HOME", "pm_id", "name"];

    /// <summary>Null when there is no such process (any more).</summary>
    public static ProcessFacts? Read(int pid) => ProcStat.Read(pid) is { } stat
        ? new(
            pid,
            stat.Parent,
            stat.StartTicks,
            stat.Command,
            [.. Text($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0')],
            VariablesIn(Text($"/proc/{pid}/environ")),
            [.. Text($"/proc/{pid}/cgroup").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.LastIndexOf(':') + 1)..])])
        : null;

    private static ImmutableDictionary<string, string> VariablesIn(string environ)
    {
        var kept = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var entry in environ.Split('\0'))
        {
            if (entry.IndexOf('=') is > 0 and var at && Telling.Contains(entry[..at]))
            {
                kept[entry[..at]] = entry[(at + 1)..];
            }
        }

        return kept.ToImmutable();
    }

    private static string Text(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MostBytes];
            return Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or gone meanwhile.
            return "";
        }
    }
}
