using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Mainstay.Linux.Files;

/// <summary>Moves bytes from a pipe into a file so that a kill -9 of the mover at any instant leaves each byte in exactly one of the two.</summary>
/// <remarks>The kernel takes from the pipe exactly what the file has accepted, in one system call, and a kill waits for its end.</remarks>
public static unsafe class PipeToFile
{
    /// <summary>The bytes moved to <paramref name="offset"/> of the file, 0 when no writer is left, null when the pipe is empty.</summary>
    /// <exception cref="LinuxException">The file takes nothing, for example ENOSPC. What was not accepted is still in the pipe.</exception>
    public static int? Move(Descriptor pipe, SafeFileHandle file, long offset, int length)
    {
        nint count;
        do
        {
            var at = offset;
            count = Libc.SpliceToFile(pipe, null, file, &at, (nuint)length, Libc.SPLICE_F_NONBLOCK);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

        return count >= 0 ? (int)count
            : Marshal.GetLastPInvokeError() == Errno.EAGAIN ? null
            : throw Libc.Error("moving a pipe's bytes to a file");
    }
}
