using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Files;

/// <summary>
/// Standard output or error, written as it is: a reader that has gone is an <see cref="IOException"/> (the runtime's own stream says nothing
/// then, so that a command in front of <c>head</c> would go on for ever), and a file is appended to at the offset that both streams share.
/// </summary>
public sealed unsafe class StandardStream : Stream
{
    private readonly Descriptor _file;

    private StandardStream(int number) => _file = Descriptor.Borrow(number);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static StandardStream Output() => new(1);

    public static StandardStream Error() => new(2);

    internal static StandardStream Of(int number) => new(number);

    /// <exception cref="IOException">With the error number as its HResult.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* start = buffer)
            {
                written = Libc.Write(_file, start, (nuint)buffer.Length);
            }

            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    break;
                case Errno.EAGAIN:
                    // Somebody else has made the terminal or pipe non-blocking.
                    var item = new PollItem { Fd = _file.Number, Wanted = PollItem.Out };
                    _ = Libc.Poll(&item, 1, -1);
                    break;
                case var error:
                    throw new IOException(Errno.Describe(error), error);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
