using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Files;

/// <summary>Writes to a descriptor that whoever started us opened on a log, and bounds that log: above a size it is moved aside to <c>.1</c> and begun anew.</summary>
/// <remarks>
/// Several processes may write to the same log. Whoever comes first turns it, under the log's lock; the others see that their descriptor
/// no longer leads to the log's name and only follow. A descriptor on anything else (a terminal, a pipe, another file) is left as it is.
/// </remarks>
/// <param name="path">The log that is ours to bound.</param>
/// <param name="descriptors">The first is written to; all that lead to the same file follow the log. stdout and stderr, mostly.</param>
public sealed unsafe class BoundedOutput(string path, long maxBytes, params int[] descriptors)
{
    private const uint ReadableByOwner = 0b110_000_000;

    private string Aside => path + ".1";

    /// <exception cref="LinuxException">The text, or its rest, could not be written.</exception>
    public void Write(string text)
    {
        if (Look(descriptors[0]) is { IsRegular: true } file && (long)file.Size > maxBytes)
        {
            Turn(file);
        }

        var rest = Encoding.UTF8.GetBytes(text).AsSpan();
        while (rest.Length > 0)
        {
            fixed (byte* start = rest)
            {
                var count = Libc.Write(descriptors[0], start, (nuint)rest.Length);
                if (count < 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                {
                    throw new LinuxException($"writing to descriptor {descriptors[0]}", errno);
                }

                rest = rest[(int)Math.Max(0, count)..];
            }
        }
    }

    private void Turn(StatBuffer file)
    {
        // Another writer holds the lock only while it turns the log itself; we follow with the next line.
        if (Libc.Flock(descriptors[0], Libc.LOCK_EX | Libc.LOCK_NB) < 0)
        {
            return;
        }

        var isCurrent = Look(path) is { } current && current.IsSameFile(file);
        var isLeft = file.Links == 0 || (Look(Aside) is { } aside && aside.IsSameFile(file));
        var next = (isCurrent && Libc.Rename(path, Aside) == 0) || isLeft
            ? Libc.Open(path, Libc.WRONLY | Libc.APPEND | Libc.CREAT | Libc.CLOEXEC | Libc.NOCTTY, ReadableByOwner)
            : -1;

        // By hand: a copy of the descriptor elsewhere in this process (the runtime's console has one) would keep the lock for good.
        _ = Libc.Flock(descriptors[0], Libc.LOCK_UN);
        if (next >= 0)
        {
            Follow(next, file);
        }
    }

    private void Follow(int next, StatBuffer file)
    {
        foreach (var descriptor in descriptors)
        {
            if (Look(descriptor) is { } other && other.IsSameFile(file))
            {
                _ = Libc.Dup2(next, descriptor);
            }
        }

        _ = Libc.Close(next);
    }

    private static StatBuffer? Look(int descriptor)
    {
        StatBuffer stat;
        return Libc.Statx(descriptor, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &stat) == 0 ? stat : null;
    }

    private static StatBuffer? Look(string name)
    {
        StatBuffer stat;
        return Libc.Statx(Libc.AT_FDCWD, name, 0, Libc.STATX_BASIC_STATS, &stat) == 0 ? stat : null;
    }
}
