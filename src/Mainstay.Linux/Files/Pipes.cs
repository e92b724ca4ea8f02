using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Files;

/// <summary>What the kernel does with pipes and FIFOs beyond read and write. Nothing here waits.</summary>
public static unsafe class Pipes
{
    /// <summary>Makes an anonymous pipe; neither end blocks, no child inherits it.</summary>
    public static (Descriptor Read, Descriptor Write) Make()
    {
        var ends = stackalloc int[2];
        Libc.Check(Libc.Pipe2(ends, Libc.CLOEXEC | Libc.NONBLOCK), "making a pipe");
        return (new Descriptor(ends[0]), new Descriptor(ends[1]));
    }

    /// <summary>For the output of a child: reading does not wait, and writing does, as every program expects. One that fails with EAGAIN when the pipe is full loses output or gives up.</summary>
    public static (Descriptor Read, Descriptor Write) MakeForOutput()
    {
        var ends = stackalloc int[2];
        Libc.Check(Libc.Pipe2(ends, Libc.CLOEXEC), "making a pipe");
        var (read, write) = (new Descriptor(ends[0]), new Descriptor(ends[1]));
        Libc.Check(Libc.Fcntl(read, Libc.F_SETFL, Libc.NONBLOCK), "making a pipe's reading not wait");
        return (read, write);
    }

    /// <summary>The bytes read, 0 when no writer is left, null when there is nothing to read now.</summary>
    public static int? Read(Descriptor pipe, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = Libc.Read(pipe, start, (nuint)buffer.Length);
            }
            while (Interrupted(count));

            return Result(count, "reading a pipe");
        }
    }

    /// <summary>The bytes taken, null when the pipe is full.</summary>
    public static int? Write(Descriptor pipe, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            nint count;
            do
            {
                count = Libc.Write(pipe, start, (nuint)data.Length);
            }
            while (Interrupted(count));

            return Result(count, "writing to a pipe");
        }
    }

    /// <summary>Asks for a larger (or smaller) pipe and returns the size that it has then; a refusal for lack of rights or because more is filled leaves it as it was.</summary>
    public static int Resize(Descriptor pipe, int bytes)
    {
        if (Libc.Fcntl(pipe, Libc.F_SETPIPE_SZ, bytes) < 0 && Marshal.GetLastPInvokeError() is var errno and not (Errno.EPERM or Errno.EBUSY))
        {
            throw new LinuxException($"resizing a pipe to {bytes} bytes", errno);
        }

        return Libc.Check(Libc.Fcntl(pipe, Libc.F_GETPIPE_SZ, 0), "asking a pipe for its size");
    }

    private static bool Interrupted(nint result) => result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR;

    private static int? Result(nint count, string attempt) =>
        count >= 0 ? (int)count
        : Marshal.GetLastPInvokeError() == Errno.EAGAIN ? null
        : throw Libc.Error(attempt);
}
