using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Mainstay.Rollout.Releases;

namespace Mainstay.Rollout.Sources;

internal enum ArchiveKind
{
    Tar,
    GzippedTar,
    Zip,
}

internal static class ArchiveKinds
{
    public static ArchiveKind? Of(string file) =>
        Ends(file, ".tar") ? ArchiveKind.Tar
        : Ends(file, ".tar.gz") || Ends(file, ".tgz") ? ArchiveKind.GzippedTar
        : Ends(file, ".zip") ? ArchiveKind.Zip
        : null;

    private static bool Ends(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Unpacks one archive into an empty directory. An entry that would land anywhere else ends it.</summary>
/// <remarks>Bounded by what is really written: an archive of a few kilobytes may unpack to terabytes, and what its headers claim is not believed.</remarks>
internal sealed class ArchiveUnpacking(string target, TreeLimits limits)
{
    private const int LongestLink = 4096;
    private const int ZipTypeMask = 0xF000;
    private const int ZipLink = 0xA000;

    private int _entries;
    private long _bytes;

    /// <exception cref="InvalidDataException">The archive is damaged, or an entry may not be unpacked.</exception>
    public void Run(string file, CancellationToken token)
    {
        using var stream = File.OpenRead(file);
        switch (ArchiveKinds.Of(file))
        {
            case ArchiveKind.Tar:
                Untar(stream, token);
                break;
            case ArchiveKind.GzippedTar:
                using (var unzipped = new GZipStream(stream, CompressionMode.Decompress))
                {
                    Untar(unzipped, token);
                }

                break;
            case ArchiveKind.Zip:
                Unzip(stream, token);
                break;
            case null:
                throw new InvalidDataException("it is none of .tar, .tar.gz, .tgz and .zip");
        }

        StripTopFolder();
    }

    private void Untar(Stream stream, CancellationToken token)
    {
        using var reader = new TarReader(stream);
        while (reader.GetNextEntry() is { } entry)
        {
            token.ThrowIfCancellationRequested();
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    if (entry.Name.Trim('/') is not ("." or ""))
                    {
                        Folder(entry.Name);
                    }

                    break;
                case TarEntryType.SymbolicLink:
                    Link(entry.Name, entry.LinkName);
                    break;
                case TarEntryType.HardLink:
                    // By its content: two names of one file in a release would only change together by accident.
                    var original = Place(entry.LinkName);
                    WayTo(Path.GetDirectoryName(original)!, link => $"\"{entry.Name}\" is a hard link to \"{entry.LinkName}\", which leads through the link {link}");
                    if (new FileInfo(original) is not { Exists: true, LinkTarget: null })
                    {
                        throw new InvalidDataException($"\"{entry.Name}\" is a hard link to \"{entry.LinkName}\", which the archive does not hold before it");
                    }

                    using (var content = File.OpenRead(original))
                    {
                        Write(entry.Name, content, (int)entry.Mode);
                    }

                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    Write(entry.Name, entry.DataStream ?? Stream.Null, (int)entry.Mode);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    // git archive writes the commit there; it is no file.
                    break;
                default:
                    throw new InvalidDataException($"\"{entry.Name}\" is neither a file, a directory nor a link ({entry.EntryType})");
            }
        }
    }

    private void Unzip(Stream stream, CancellationToken token)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            token.ThrowIfCancellationRequested();
            var mode = entry.ExternalAttributes >> 16;
            if (entry.FullName.EndsWith('/'))
            {
                Folder(entry.FullName);
                continue;
            }

            using var content = entry.Open();
            if ((mode & ZipTypeMask) == ZipLink)
            {
                var link = new byte[LongestLink];
                Link(entry.FullName, Encoding.UTF8.GetString(link, 0, content.ReadAtLeast(link, link.Length, throwOnEndOfStream: false)));
            }
            else
            {
                Write(entry.FullName, content, mode == 0 ? 0b110_100_100 : mode);
            }
        }
    }

    private void Folder(string name) => MakeFolders(Place(name));

    private void Link(string name, string to)
    {
        var path = Place(name);
        Count(name);
        MakeFolders(Path.GetDirectoryName(path)!);
        Refuse(path, name);
        File.CreateSymbolicLink(path, to);
    }

    private void Write(string name, Stream content, int mode)
    {
        var path = Place(name);
        Count(name);
        MakeFolders(Path.GetDirectoryName(path)!);
        Refuse(path, name);
        using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
            var buffer = new byte[1 << 16];
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                _bytes += read;
                limits.Check(target, _entries, _bytes);
                file.Write(buffer, 0, read);
            }
        }

        // Set-uid and the like are not taken from an archive; the owner can always read and write.
        File.SetUnixFileMode(path, (UnixFileMode)(mode & 0b111_111_111) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void Count(string name)
    {
        _entries++;
        limits.Check(target, _entries, _bytes);
        if (name.Contains('\0'))
        {
            throw new InvalidDataException("a name holds a NUL character");
        }
    }

    private string Place(string name)
    {
        var parts = name.Split('/').Where(p => p is not ("" or ".")).ToArray();
        return name.StartsWith('/') || parts.Contains("..") || parts.Length == 0
            ? throw new InvalidDataException($"\"{name}\" would be written outside the release")
            : Path.Combine([target, .. parts]);
    }

    private void MakeFolders(string folder)
    {
        var way = WayTo(folder, link => $"\"{Path.GetRelativePath(target, folder)}\" would be written through the link {link}");
        foreach (var path in way.Where(p => !Directory.Exists(p)))
        {
            _entries++;
            limits.Check(target, _entries, _bytes);
            Directory.CreateDirectory(path);
        }
    }

    /// <summary>The folders on the way to this one and itself. None of them may be a link that the archive brought along before.</summary>
    private List<string> WayTo(string folder, Func<string, string> refusal)
    {
        var way = new List<string>();
        var path = target;
        foreach (var part in Path.GetRelativePath(target, folder).Split('/').Where(p => p != "."))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is { } link)
            {
                throw new InvalidDataException(refusal($"{Path.GetRelativePath(target, path)} → {link}"));
            }

            way.Add(path);
        }

        return way;
    }

    private static void Refuse(string path, string name)
    {
        if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            throw new InvalidDataException($"\"{name}\" is in the archive twice");
        }
    }

    /// <summary>What stands in one top folder alone, as <c>git archive --prefix</c> and <c>npm pack</c> make it, moves up by one.</summary>
    private void StripTopFolder()
    {
        if (new DirectoryInfo(target).GetFileSystemInfos() is not [DirectoryInfo { LinkTarget: null } top])
        {
            return;
        }

        // Aside first: the folder may hold an entry of its own name.
        var aside = Path.Combine(target, $".strip-{top.Name}");
        top.MoveTo(aside);
        foreach (var info in new DirectoryInfo(aside).GetFileSystemInfos())
        {
            Directory.Move(info.FullName, Path.Combine(target, info.Name));
        }

        Directory.Delete(aside);
    }
}
