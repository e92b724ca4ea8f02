using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Files;

/// <summary>Files that are whole after a power cut.</summary>
public static unsafe class DurableFile
{
    /// <summary>Replaces a file by new content: readers and crashes see the old one or the new one, and when this returns the new one is on disk.</summary>
    /// <param name="durable">False skips the wait for the disk: then a power cut (not a crash of ours) may bring the old content back.</param>
    public static void Replace(string path, ReadOnlySpan<byte> content, uint mode = 0b110_000_000, bool durable = true)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = new Descriptor(Libc.Check(Libc.Open(draft, Libc.WRONLY | Libc.CREAT | Libc.EXCL | Libc.CLOEXEC, mode), $"making {draft}")))
        {
            WriteAll(file, content, draft);
            if (durable)
            {
                Libc.Check(Libc.Fsync(file), $"writing {draft} to disk");
            }
        }

        Libc.Check(Libc.Rename(draft, path), $"replacing {path}");
        if (durable)
        {
            SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    /// <summary>Makes names that were added to, changed in or removed from a directory survive a power cut.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = new Descriptor(Libc.Check(Libc.Open(path, Libc.RDONLY | Libc.CLOEXEC, 0), $"opening {path}"));
        Libc.Check(Libc.Fsync(directory), $"writing {path} to disk");
    }

    private static void WriteAll(Descriptor file, ReadOnlySpan<byte> content, string name)
    {
        fixed (byte* start = content)
        {
            for (var written = 0; written < content.Length;)
            {
                var count = (int)Libc.Write(file, start + written, (nuint)(content.Length - written));
                if (count >= 0)
                {
                    written += count;
                }
                else if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                {
                    throw new LinuxException($"writing {name}", errno);
                }
            }
        }
    }
}
