using System.Buffers;
using System.Security.Cryptography;

namespace Mainstay.Rollout.Releases;

public enum TreeEntryKind
{
    File,
    Directory,
    Link,
}

/// <param name="Path">Relative to the tree's root, with slashes.</param>
/// <param name="Target">Of a link, as it is written in it.</param>
public readonly record struct TreeEntry(string Path, TreeEntryKind Kind, long Size, string? Target);

/// <summary>Walks and hashes directories without ever following a link.</summary>
public static class FileTree
{
    private const int CopyBuffer = 1 << 16;

    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>Everything below <paramref name="root"/> in ordinal order of paths, a directory before what it holds. Stops with an exception where <paramref name="limits"/> are passed.</summary>
    /// <param name="leaveOut">Names that are not entered wherever they are, e.g. <c>.git</c>.</param>
    /// <exception cref="TreeLimitException">More files or bytes than a release may have.</exception>
    public static IEnumerable<TreeEntry> Walk(string root, TreeLimits limits, params IReadOnlyCollection<string> leaveOut)
    {
        var (files, bytes) = (0, 0L);
        var open = new Stack<string>([""]);
        while (open.TryPop(out var folder))
        {
            var entries = new DirectoryInfo(Path.Combine(root, folder)).GetFileSystemInfos("*", s_everything);
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            var folders = new List<string>();
            foreach (var info in entries.Where(i => !leaveOut.Contains(i.Name)))
            {
                var entry = Entry(info, folder.Length == 0 ? info.Name : $"{folder}/{info.Name}");
                files += entry.Kind is TreeEntryKind.Directory ? 0 : 1;
                bytes += entry.Size;
                limits.Check(root, files, bytes);
                if (entry.Kind is TreeEntryKind.Directory)
                {
                    folders.Add(entry.Path);
                }

                yield return entry;
            }

            folders.Reverse();
            folders.ForEach(open.Push);
        }
    }

    /// <summary>Hexadecimal SHA-256 of a file's content.</summary>
    public static string HashFile(string path, CancellationToken token)
    {
        // A FIFO, a socket or a device has no length, and opening a FIFO would wait for a writer for ever: what has no bytes is not opened.
        if (new FileInfo(path).Length == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Read(path, piece => hash.AppendData(piece), token);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Copies everything below <paramref name="from"/>, links as links and files with their mode, into a directory that exists.</summary>
    /// <param name="leaveOut">Names that are not entered wherever they are.</param>
    public static void CopyTree(string from, string to, TreeLimits limits, CancellationToken token, params IReadOnlyCollection<string> leaveOut)
    {
        foreach (var entry in Walk(from, limits, leaveOut))
        {
            token.ThrowIfCancellationRequested();
            var target = Path.Combine(to, entry.Path);
            switch (entry.Kind)
            {
                case TreeEntryKind.Directory:
                    Directory.CreateDirectory(target);
                    break;
                case TreeEntryKind.Link:
                    File.CreateSymbolicLink(target, entry.Target!);
                    break;
                case TreeEntryKind.File:
                    CopyFile(Path.Combine(from, entry.Path), target, token);
                    break;
            }
        }
    }

    /// <summary>What has no length becomes an empty file; see <see cref="HashFile"/>.</summary>
    private static void CopyFile(string from, string to, CancellationToken token)
    {
        if (new FileInfo(from).Length == 0)
        {
            File.WriteAllBytes(to, []);
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
            return;
        }

        using (var target = new FileStream(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            Read(from, target.Write, token);
        }

        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    /// <summary>Piece by piece, so that an abort does not wait for a file of gigabytes.</summary>
    private static void Read(string path, Action<ReadOnlySpan<byte>> take, CancellationToken token)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBuffer);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            for (int read; (read = file.Read(buffer)) > 0;)
            {
                token.ThrowIfCancellationRequested();
                take(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Removes a directory or a file with all it holds, links themselves and never what they lead to. Nothing there is fine.</summary>
    public static void Delete(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null || info.Exists)
        {
            info.Delete();
        }
        else if (Directory.Exists(path))
        {
            Unlock(path);
            Directory.Delete(path, recursive: true);
        }
    }

    // A build may leave folders that their own owner may not write to (Go's module cache), and those cannot be emptied.
    private static void Unlock(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, "*", s_everything).Where(f => new DirectoryInfo(f).LinkTarget is null))
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Unlock(folder);
        }
    }

    private static TreeEntry Entry(FileSystemInfo info, string path) =>
        info.LinkTarget is { } target ? new(path, TreeEntryKind.Link, 0, target)
        : info is DirectoryInfo ? new(path, TreeEntryKind.Directory, 0, null)
        : new(path, TreeEntryKind.File, ((FileInfo)info).Length, null);
}
