using System.Collections.Immutable;
using Mainstay.Linux.Files;
using Mainstay.Preflight.Host;

namespace Mainstay.Preflight.Releases;

/// <summary>How much of a release is looked at.</summary>
/// <param name="MostFiles">Files and folders together; sources of people have fewer, dependencies are not counted.</param>
/// <param name="MostFileBytes">Larger files are data or bundles, not what people write.</param>
/// <param name="MostBytes">Of all files that are read for one question.</param>
public sealed record ReleaseLimits(int MostFiles = 20_000, int MostFileBytes = 1_000_000, long MostBytes = 100_000_000);

/// <summary>A file of the release; <paramref name="Path"/> is relative to its root.</summary>
internal sealed record ReleaseFile(string Path, string FullPath, long Length)
{
    public string Name => System.IO.Path.GetFileName(Path);
}

/// <summary>A release on disk: its own files, without dependencies and the history. Links are not followed, so that no path leads out of it.</summary>
internal sealed class ReleaseFiles
{
    private static readonly EnumerationOptions s_flat = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    private readonly IHostFacts _host;
    private readonly ReleaseLimits _limits;

    public ReleaseFiles(string root, IHostFacts host, ReleaseLimits limits)
    {
        (Root, _host, _limits) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), host, limits);
        Own = Walk();
    }

    public string Root { get; }

    /// <summary>In an order that does not depend on the file system.</summary>
    public ImmutableArray<ReleaseFile> Own { get; }

    /// <summary>There is more than the limits allow to look at.</summary>
    public bool IsCut { get; private set; }

    public string Relative(string fullPath) => Path.GetRelativePath(Root, fullPath);

    public bool Exists(string fullPath) => IsInside(fullPath) && _host.Look(fullPath).Kind is FileKind.Regular;

    /// <returns>Null when it is not there, not inside, or too large.</returns>
    public string? TextOf(string fullPath) => IsInside(fullPath) ? _host.Read(fullPath, _limits.MostFileBytes).Text : null;

    /// <summary>The texts of own files, until the limit of all bytes.</summary>
    public IEnumerable<(ReleaseFile File, string Text)> TextsOf(Func<ReleaseFile, bool> wanted)
    {
        var read = 0L;
        foreach (var file in Own.Where(f => f.Length <= _limits.MostFileBytes && wanted(f)))
        {
            if ((read += file.Length) > _limits.MostBytes)
            {
                IsCut = true;
                yield break;
            }

            // What has a zero byte is no text.
            if (TextOf(file.FullPath) is { } text && !text.Contains('\0', StringComparison.Ordinal))
            {
                yield return (file, text);
            }
        }
    }

    private bool IsInside(string fullPath) => fullPath.StartsWith(Root + "/", StringComparison.Ordinal);

    private ImmutableArray<ReleaseFile> Walk()
    {
        var files = ImmutableArray.CreateBuilder<ReleaseFile>();
        var folders = new Stack<DirectoryInfo>([new DirectoryInfo(Root)]);
        var seen = 0;
        while (folders.TryPop(out var folder))
        {
            if (!folder.Exists)
            {
                continue;
            }

            foreach (var entry in folder.EnumerateFileSystemInfos("*", s_flat))
            {
                if (++seen > _limits.MostFiles)
                {
                    IsCut = true;
                    return Sorted(files);
                }

                if (entry is FileInfo file)
                {
                    files.Add(new(Relative(file.FullName), file.FullName, file.Length));
                }
                else if (entry is DirectoryInfo { Name: not ("node_modules" or "vendor" or ".venv" or ".git") } below)
                {
                    folders.Push(below);
                }
            }
        }

        return Sorted(files);
    }

    private static ImmutableArray<ReleaseFile> Sorted(ImmutableArray<ReleaseFile>.Builder files) => [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
}
