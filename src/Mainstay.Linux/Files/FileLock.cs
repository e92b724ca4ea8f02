using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;

namespace Mainstay.Linux.Files;

/// <summary>An exclusive lock that ends with its holder: the kernel releases it on any death, so a stale lock cannot exist.</summary>
public sealed unsafe class FileLock : IDisposable
{
    private readonly Descriptor _file;

    private FileLock(Descriptor file) => _file = file;

    /// <summary>Null when another holds it. The file is made when missing (mode 0600) and never removed: two holders of two files of one name would both be right.</summary>
    /// <param name="note">Written into the file for people, like the holder's pid; nothing decides by it.</param>
    public static FileLock? TryAcquire(string path, string note = "") => Lock(path, note, Libc.LOCK_EX | Libc.LOCK_NB);

    /// <summary>Blocks the calling thread until the last holder has let go.</summary>
    public static FileLock Acquire(string path, string note = "") => Lock(path, note, Libc.LOCK_EX)!;

    private static FileLock? Lock(string path, string note, int operation)
    {
        const uint mode = 0b110_000_000;
        var file = new Descriptor(Libc.Check(Libc.Open(path, Libc.RDWR | Libc.CREAT | Libc.CLOEXEC, mode), $"opening the lock {path}"));
        while (Libc.Flock(file, operation) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EINTR)
            {
                continue;
            }

            file.Dispose();
            return errno == Errno.EAGAIN ? null : throw new LinuxException($"locking {path}", errno);
        }

        if (note.Length > 0)
        {
            Write(file, note);
        }

        return new FileLock(file);
    }

    /// <summary>What the holder noted; empty when there is no such file. .NET's own readers would lock the file to read it, and so fail, or keep a holder from getting it.</summary>
    public static string ReadNote(string path)
    {
        Span<byte> buffer = stackalloc byte[512];
        var length = ProcFile.Read(path, buffer);
        return length > 0 ? Encoding.UTF8.GetString(buffer[..length]) : "";
    }

    private static void Write(Descriptor file, string note)
    {
        var bytes = Encoding.UTF8.GetBytes(note);
        fixed (byte* start = bytes)
        {
            // Only a remark: a full disk must not keep the daemon from starting.
            if (Libc.Truncate(file, 0) == 0)
            {
                _ = Libc.Write(file, start, (nuint)bytes.Length);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
