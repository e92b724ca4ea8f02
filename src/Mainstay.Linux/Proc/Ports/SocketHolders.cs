using System.Collections.Immutable;
using System.Globalization;

namespace Mainstay.Linux.Proc.Ports;

/// <summary>Which processes have a socket open, from the links in /proc/PID/fd. Those of other users can be seen by root only.</summary>
internal static class SocketHolders
{
    /// <summary>A descriptor table can have a million entries; a holder that hides its socket behind more than these stays unnamed.</summary>
    private const int MostDescriptors = 65_536;

    /// <param name="among">Only these processes; null for all.</param>
    public static ImmutableDictionary<long, ImmutableArray<int>> Of(IReadOnlySet<long> inodes, IReadOnlySet<int>? among = null)
    {
        var found = new Dictionary<long, ImmutableArray<int>.Builder>();
        if (inodes.Count > 0)
        {
            foreach (var pid in among ?? Pids())
            {
                foreach (var inode in SocketsOf(pid).Where(inodes.Contains).Distinct())
                {
                    (found.TryGetValue(inode, out var holders) ? holders : found[inode] = ImmutableArray.CreateBuilder<int>()).Add(pid);
                }
            }
        }

        return found.ToImmutableDictionary(f => f.Key, f => f.Value.ToImmutable());
    }

    private static IEnumerable<int> Pids() => Directory.EnumerateDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0);

    private static List<long> SocketsOf(int pid)
    {
        var inodes = new List<long>();
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Take(MostDescriptors))
            {
                if (LinkOf(descriptor) is { } link
                    && link.StartsWith("socket:[", StringComparison.Ordinal)
                    && long.TryParse(link.AsSpan(8, link.Length - 9), NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
                {
                    inodes.Add(inode);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or it is another user's: what was read so far is all there is.
        }

        return inodes;
    }

    private static string? LinkOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            // Closed between the listing and the look.
            return null;
        }
    }
}
