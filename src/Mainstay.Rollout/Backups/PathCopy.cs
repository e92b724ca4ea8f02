using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Backups;

/// <summary>One of a backup's paths, copied.</summary>
/// <param name="Source">Absolute.</param>
/// <param name="Copy">Where it lies in the backup.</param>
/// <param name="Files">By path relative to the copy: the hash of what was read.</param>
/// <param name="Restless">Files that were written while they were copied.</param>
internal sealed record PathCopy(string Source, string Copy, long Bytes, ImmutableSortedDictionary<string, string> Files, ImmutableArray<string> Restless)
{
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static PathCopy Make(string source, string backup, int index, TreeLimits limits, CancellationToken token)
    {
        var target = Path.Combine(backup, "paths", string.Create(CultureInfo.InvariantCulture, $"{index}-{Path.GetFileName(source.TrimEnd('/'))}"));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var restless = ImmutableArray.CreateBuilder<string>();
        var bytes = 0L;
        if (File.Exists(source))
        {
            One("", source, target);
        }
        else
        {
            Directory.CreateDirectory(target);
            foreach (var entry in FileTree.Walk(source, limits))
            {
                token.ThrowIfCancellationRequested();
                var (from, to) = (Path.Combine(source, entry.Path), Path.Combine(target, entry.Path));
                switch (entry.Kind)
                {
                    case TreeEntryKind.Directory:
                        Directory.CreateDirectory(to);
                        break;
                    case TreeEntryKind.Link:
                        File.CreateSymbolicLink(to, entry.Target!);
                        break;
                    case TreeEntryKind.File:
                        One(entry.Path, from, to);
                        break;
                }
            }
        }

        return new(source, target, bytes, files.ToImmutable(), restless.ToImmutable());

        void One(string name, string from, string to)
        {
            var (before, size) = (File.GetLastWriteTimeUtc(from), new FileInfo(from).Length);
            FileTree.CopyFile(from, to);
            files[name] = FileTree.HashFile(from);
            bytes += size;
            if (File.GetLastWriteTimeUtc(from) != before || new FileInfo(from).Length != size || FileTree.HashFile(to) != files[name])
            {
                // Live data moves on. Then the copy is the truth of this backup, and the reader is told.
                restless.Add(from);
                files[name] = FileTree.HashFile(to);
            }
        }
    }

    /// <summary>Files of the copy that are not what was read, in words.</summary>
    public IEnumerable<string> Differences() => Files
        .Select(f => (Name: f.Key.Length == 0 ? Source : f.Key, Path: f.Key.Length == 0 ? Copy : Path.Combine(Copy, f.Key), Hash: f.Value))
        .Where(f => !File.Exists(f.Path) || FileTree.HashFile(f.Path) != f.Hash)
        .Select(f => $"{f.Name} is not in the backup as it was read");

    /// <summary>What a person runs to put it back.</summary>
    public string RestoreCommand => File.Exists(Copy)
        ? $"cp -a -- {Building.CommandText.Quoted(Copy)} {Building.CommandText.Quoted(Source)}"
        : $"cp -a -- {Building.CommandText.Quoted(Copy + "/.")} {Building.CommandText.Quoted(Source.TrimEnd('/') + "/")}";
}
