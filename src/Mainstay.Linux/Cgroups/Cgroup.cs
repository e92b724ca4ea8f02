using System.Globalization;

namespace Mainstay.Linux.Cgroups;

/// <summary>One directory of cgroup v2 that holds one process tree. Every file may be missing or refuse, which is then told, not thrown.</summary>
public sealed class Cgroup
{
    private readonly string _top;

    /// <param name="path">Its directory.</param>
    /// <param name="top">The directory above it that is not ours: whatever lies between goes with the last cgroup in it.</param>
    internal Cgroup(string path, string? top = null)
    {
        Path = path;
        _top = top ?? System.IO.Path.GetDirectoryName(path)!;
    }

    public string Path { get; }

    /// <summary>Pids of the members, those of cgroups below included.</summary>
    public IEnumerable<int> Processes()
    {
        foreach (var directory in Tree())
        {
            foreach (var line in ReadLines(System.IO.Path.Combine(directory, "cgroup.procs")))
            {
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && pid > 0)
                {
                    yield return pid;
                }
            }
        }
    }

    /// <summary>SIGKILL to all members at once; false where the kernel cannot (before 5.14) and the caller must do it one by one.</summary>
    public bool Kill() => Write("cgroup.kill", "1");

    /// <summary>How often the kernel killed a member for memory; null when it does not count here.</summary>
    public long? OutOfMemoryKills
    {
        get
        {
            foreach (var line in ReadLines(System.IO.Path.Combine(Path, "memory.events")))
            {
                if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
                {
                    return long.TryParse(line.AsSpan("oom_kill ".Length), CultureInfo.InvariantCulture, out var count) ? count : null;
                }
            }

            return null;
        }
    }

    /// <summary>A hard limit; the whole tree is killed together at it, so that no half of a service lives on.</summary>
    public bool LimitMemory(long bytes)
    {
        Write("memory.oom.group", "1");
        return Write("memory.max", bytes.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Cores, like 0.5; time over all cores in each tenth of a second.</summary>
    public bool LimitCpus(double cpus)
    {
        const int period = 100_000;
        var quota = Math.Max(1_000, (long)(cpus * period));
        return Write("cpu.max", string.Create(CultureInfo.InvariantCulture, $"{quota} {period}"));
    }

    /// <summary>False while members live in it.</summary>
    public bool Remove()
    {
        try
        {
            foreach (var directory in Tree().Reverse().ToList())
            {
                // Not recursive: the files in it are the kernel's and go with the directory.
                System.IO.Directory.Delete(directory);
            }

            RemoveEmptyAbove();
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void RemoveEmptyAbove()
    {
        try
        {
            for (var above = System.IO.Path.GetDirectoryName(Path)!; above.Length > _top.Length; above = System.IO.Path.GetDirectoryName(above)!)
            {
                Directory.Delete(above);
            }
        }
        catch (IOException)
        {
            // Others live in it.
        }
    }

    private IEnumerable<string> Tree()
    {
        yield return Path;
        var below = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        if (Directory.Exists(Path))
        {
            foreach (var directory in Directory.EnumerateDirectories(Path, "*", below))
            {
                yield return directory;
            }
        }
    }

    internal bool Write(string file, string value)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(Path, file), value);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    internal static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
