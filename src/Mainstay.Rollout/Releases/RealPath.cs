namespace Mainstay.Rollout.Releases;

/// <summary>Where a path really leads: every link on its way followed, as the kernel does.</summary>
public static class RealPath
{
    // The kernel's own limit.
    private const int MostLinks = 40;

    /// <param name="path">Absolute. What does not exist is kept as it is written.</param>
    /// <returns>Null when the links go round in a circle.</returns>
    public static string? Of(string path)
    {
        var open = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var done = "/";
        for (var links = 0; open.TryPop(out var part);)
        {
            if (part == ".")
            {
                continue;
            }

            if (part == "..")
            {
                done = Path.GetDirectoryName(done) ?? "/";
                continue;
            }

            var next = Path.Combine(done, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                done = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            done = target.StartsWith('/') ? "/" : done;
            foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                open.Push(step);
            }
        }

        return done;
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="root"/> or lies below it; both without links on their way.</summary>
    public static bool IsWithin(string root, string path) => path == root || path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>Links of a tree that lead out of it, each as <c>path → target</c>. An absolute one always does: the tree will stand elsewhere.</summary>
    public static IEnumerable<string> Escapes(string root, IEnumerable<TreeEntry> entries)
    {
        var real = Of(root) ?? root;
        return entries
            .Where(e => e.Kind is TreeEntryKind.Link && (e.Target!.StartsWith('/') || Of(Path.Combine(real, e.Path)) is not { } to || !IsWithin(real, to)))
            .Select(e => $"{e.Path} → {e.Target}");
    }
}
