using System.Globalization;
using Mainstay.Contracts;

namespace Mainstay.Cli.Doctor;

/// <summary>Processes that a daemon of this home started: their output goes into the home's pipes.</summary>
internal static class ServiceProcesses
{
    /// <summary>Those that are neither in <paramref name="known"/> nor descend from one that is. A daemon's own descriptors on the pipes do not count.</summary>
    public static List<int> Of(HomeLayout home, IReadOnlySet<int> known)
    {
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && WritesInto(folder, home.Pipes)
                && !Descends(pid, known))
            {
                found.Add(pid);
            }
        }

        found.Sort();
        return found;
    }

    private static bool WritesInto(string folder, string pipes)
    {
        foreach (var descriptor in (ReadOnlySpan<string>)["1", "2"])
        {
            if (LinkTarget(Path.Combine(folder, "fd", descriptor)) is { } target && target.StartsWith(pipes + "/", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Descends(int pid, IReadOnlySet<int> known)
    {
        // A process tree is never deeper than this; the bound is for parents that change while we look.
        for (var depth = 0; depth < 64 && pid > 1; depth++)
        {
            if (known.Contains(pid))
            {
                return true;
            }

            pid = Parent(pid);
        }

        return false;
    }

    private static int Parent(int pid)
    {
        try
        {
            // The command's name is in parentheses and may hold anything; the parent is the second field after it.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or belongs to somebody else.
            return null;
        }
    }
}
