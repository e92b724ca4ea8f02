using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Proc;

/// <summary>Reads small files of /proc and /sys without a FileStream, which costs more than the file.</summary>
internal static unsafe class ProcFile
{
    /// <summary>The number of bytes read, at most the buffer's; -1 when it cannot be read.</summary>
    public static int Read(string path, Span<byte> buffer)
    {
        var number = Libc.Open(path, Libc.RDONLY | Libc.CLOEXEC, 0);
        if (number < 0)
        {
            return -1;
        }

        using var file = new Descriptor(number);
        fixed (byte* start = buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var got = (int)Libc.Read(file, start + total, (nuint)(buffer.Length - total));
                if (got <= 0)
                {
                    return total > 0 ? total : got;
                }

                total += got;
            }

            return total;
        }
    }
}
