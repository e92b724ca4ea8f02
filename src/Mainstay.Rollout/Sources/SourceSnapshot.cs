using System.Collections.Immutable;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Sources;

/// <summary>A source's files as they were fetched, before any build: what the next release is compared with.</summary>
/// <param name="Files">By path: SHA-256, or <c>link </c> and its target.</param>
/// <param name="Dependencies">By name; a name of several files has the file in front.</param>
public sealed record SourceSnapshot(ImmutableSortedDictionary<string, string> Files, ImmutableSortedDictionary<string, string> Dependencies)
{
    /// <summary>Reads every file. <c>.git</c> and <c>node_modules</c> are left out: what was installed is told by the lock file.</summary>
    public static SourceSnapshot Take(string directory, TreeLimits limits, CancellationToken token)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in FileTree.Walk(directory, limits, ".git", "node_modules").Where(e => e.Kind is not TreeEntryKind.Directory))
        {
            files[entry.Path] = entry.Target is { } target ? $"link {target}" : FileTree.HashFile(Path.Combine(directory, entry.Path), token);
        }

        return new(files.ToImmutable(), DependencyFiles.Read(directory, files.Keys));
    }

    /// <summary>Each path that differs with its letter: <c>A</c>, <c>D</c>, <c>M</c>.</summary>
    public ImmutableArray<string> FilesSince(SourceSnapshot before) =>
    [
        .. Files.Keys.Union(before.Files.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(p => (Path: p, Was: before.Files.GetValueOrDefault(p), Is: Files.GetValueOrDefault(p)))
            .Where(f => f.Was != f.Is)
            .Select(f => $"{(f.Was is null ? 'A' : f.Is is null ? 'D' : 'M')} {f.Path}"),
    ];

    /// <summary>Each as <c>name 1.0 → 2.0</c>, <c>name 1.0 added</c> or <c>name 1.0 removed</c>.</summary>
    public ImmutableArray<string> DependenciesSince(SourceSnapshot before) =>
    [
        .. Dependencies.Keys.Union(before.Dependencies.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(n => (Name: n, Was: before.Dependencies.GetValueOrDefault(n), Is: Dependencies.GetValueOrDefault(n)))
            .Where(d => d.Was != d.Is)
            .Select(d => d.Was is null ? $"{d.Name} {d.Is} added" : d.Is is null ? $"{d.Name} {d.Was} removed" : $"{d.Name} {d.Was} → {d.Is}"),
    ];
}
