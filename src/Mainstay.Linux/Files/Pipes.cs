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

    /// <summary>Bytes that can be read now.</summary>
    public static int Available(Descriptor pipe)
    {
        int count;
        Libc.Check(Libc.Ioctl(pipe, Libc.FIONREAD, &count), "asking a pipe for its filling");
        return count;
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

    /// <summary>Copies from one pipe to another and leaves the bytes in the first; null when the first is empty or the second full.</summary>
    public static int? Tee(Descriptor from, Descriptor to, int length)
    {
        nint count;
        do
        {
            count = Libc.Tee(from, to, (nuint)length, Libc.SPLICE_F_NONBLOCK);
        }
        while (Interrupted(count));

        return Result(count, "copying between pipes");
    }

    /// <summary>Moves bytes between a pipe and another pipe or file; null when nothing can be moved now, 0 at the end.</summary>
    public static int? Splice(Descriptor from, Descriptor to, int length)
    {
        nint count;
        do
        {
            count = Libc.Splice(from, null, to, null, (nuint)length, Libc.SPLICE_F_MOVE | Libc.SPLICE_F_NONBLOCK);
        }
        while (Interrupted(count));

        return Result(count, "moving between pipes");
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
