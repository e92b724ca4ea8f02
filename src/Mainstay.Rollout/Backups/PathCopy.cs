using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Rollout.Building;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Backups;

/// <summary>One of a backup's paths, copied as it is: a database refuses files that are not its own, or a directory that others may read.</summary>
/// <param name="Source">Absolute.</param>
/// <param name="Copy">Where it lies in the backup.</param>
/// <param name="Files">By path relative to the copy: the hash of what was read.</param>
/// <param name="Restless">Files that were written while they were copied.</param>
internal sealed record PathCopy(string Source, string Copy, ImmutableSortedDictionary<string, string> Files, ImmutableArray<string> Restless)
{
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static async Task<PathCopy> MakeAsync(HostFiles host, string source, string backup, int index, TreeLimits limits, TimeSpan timeout, CancellationToken token)
    {
        var target = Path.Combine(backup, "paths", string.Create(CultureInfo.InvariantCulture, $"{index}-{Path.GetFileName(source.TrimEnd('/'))}"));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var before = await Task.Run(() => FilesIn(source, limits).ToDictionary(f => f, f => StampOf(Place(source, f))), token).ConfigureAwait(false);
        await host.CopyAsync(source, target, timeout, token).ConfigureAwait(false);
        return await Task.Run(() => Compared(source, target, before, limits, token), token).ConfigureAwait(false);
    }

    /// <summary>Files of the copy that are not what was read, in words.</summary>
    public IEnumerable<string> Differences(CancellationToken token) => Files
        .Select(f => (Name: f.Key.Length == 0 ? Source : f.Key, Path: Place(Copy, f.Key), Hash: f.Value))
        .Where(f => !File.Exists(f.Path) || FileTree.HashFile(f.Path, token) != f.Hash)
        .Select(f => $"{f.Name} is not in the backup as it was read");

    /// <summary>What a person runs to put it back.</summary>
    public string RestoreCommand => File.Exists(Copy)
        ? $"cp -a -- {CommandText.Quoted(Copy)} {CommandText.Quoted(Source)}"
        : $"cp -a -- {CommandText.Quoted(Copy + "/.")} {CommandText.Quoted(Source.TrimEnd('/') + "/")}";

    private static PathCopy Compared(string source, string copy, Dictionary<string, (DateTime, long)?> before, TreeLimits limits, CancellationToken token)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var restless = ImmutableArray.CreateBuilder<string>();
        foreach (var name in FilesIn(copy, limits))
        {
            var from = Place(source, name);
            files[name] = FileTree.HashFile(Place(copy, name), token);

            // Live data moves on. Then the copy is the truth of this backup, and the reader is told.
            if (!before.TryGetValue(name, out var stamp) || stamp is null || HashOf(from, token) != files[name] || StampOf(from) != stamp)
            {
                restless.Add(from);
            }
        }

        return new(source, copy, files.ToImmutable(), restless.ToImmutable());
    }

    private static IEnumerable<string> FilesIn(string root, TreeLimits limits) =>
        File.Exists(root) ? [""] : FileTree.Walk(root, limits).Where(e => e.Kind is TreeEntryKind.File).Select(e => e.Path);

    // A path that is one file has a name of no letters, and Path.Combine would end it with a slash.
    private static string Place(string root, string name) => name.Length == 0 ? root : Path.Combine(root, name);

    private static (DateTime, long)? StampOf(string path) => new FileInfo(path) is { Exists: true } info ? (info.LastWriteTimeUtc, info.Length) : null;

    private static string? HashOf(string path, CancellationToken token)
    {
        try
        {
            return FileTree.HashFile(path, token);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
