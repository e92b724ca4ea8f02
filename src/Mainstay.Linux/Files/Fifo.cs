using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Files;

/// <summary>Named pipes, whose ends may be lost and found again.</summary>
public static unsafe class Fifo
{
    /// <summary>Makes a FIFO of mode 0600, given to <paramref name="owner"/> when there is one; takes an existing FIFO as it is.</summary>
    /// <exception cref="LinuxException">Also when something else has that name.</exception>
    public static void Make(string path, UserAccount? owner = null)
    {
        const uint mode = 0b110_000_000;
        if (Libc.MkFifo(path, mode) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EEXIST || !IsFifo(path))
            {
                throw new LinuxException($"making the FIFO {path}", errno);
            }
        }

        if (owner is not null)
        {
            Ownership.Give(path, owner);
        }
    }

    /// <summary>Opens both ends, so that readers see no end of file and writers no broken pipe; reads and writes do not block.</summary>
    public static Descriptor OpenBoth(string path) =>
        new(Libc.Check(Libc.Open(path, Libc.RDWR | Libc.NONBLOCK | Libc.CLOEXEC | Libc.NOCTTY, 0), $"opening {path}"));

    private static bool IsFifo(string path)
    {
        var descriptor = Libc.Open(path, Libc.PATH | Libc.CLOEXEC, 0);
        if (descriptor < 0)
        {
            return false;
        }

        using var file = new Descriptor(descriptor);
        var known = new StatBuffer();
        return Libc.Statx(file.Number, "", Libc.AT_EMPTY_PATH, Libc.STATX_TYPE, &known) == 0 && (known.Mode & StatBuffer.TypeMask) == StatBuffer.FifoType;
    }
}
