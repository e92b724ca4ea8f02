using System.Net.Sockets;
using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Sockets;

/// <summary>Hands open descriptors to another process over a connected unix stream socket.</summary>
/// <remarks>
/// The descriptors travel with the first byte of a message. Neither side waits: on a socket whose buffer is full or empty the call throws
/// with EAGAIN, and the caller waits for the socket as it does for any other data. A receiver must read that byte with
/// <see cref="Receive"/>; a plain read would take the byte and let the kernel close the descriptors.
/// </remarks>
public static unsafe class FdPassing
{
    /// <summary>The kernel takes at most 253 descriptors in one message.</summary>
    public const int MostDescriptors = 253;

    /// <summary>Sends data, at least one byte, with descriptors, which stay open here too. Returns how many bytes were taken; the descriptors go with the first.</summary>
    /// <exception cref="LinuxException">EAGAIN when the socket is full, EPIPE or ECONNRESET when the other side is gone.</exception>
    public static int Send(Socket socket, ReadOnlySpan<byte> data, ReadOnlySpan<int> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfZero(data.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MostDescriptors);
        var payload = descriptors.Length * sizeof(int);
        var control = stackalloc byte[AncillaryData.Space(payload)];
        *(nuint*)control = (nuint)(AncillaryData.HeaderSize + payload);
        *(int*)(control + 8) = Libc.SOL_SOCKET;
        *(int*)(control + 12) = Libc.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + AncillaryData.HeaderSize, descriptors.Length));
        fixed (byte* start = data)
        {
            var part = new MessagePart { Start = start, Length = (nuint)data.Length };
            var message = new MessageHeader { Parts = &part, PartCount = 1 };
            if (descriptors.Length > 0)
            {
                message.Control = control;
                message.ControlLength = (nuint)AncillaryData.Space(payload);
            }

            return (int)Transfer(socket, &message, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT, send: true);
        }
    }

    /// <summary>Receives what has come: the number of bytes (0 at the end of the stream), and descriptors that came with them, close-on-exec and owned by the caller.</summary>
    /// <exception cref="LinuxException">EAGAIN when nothing has come; EMSGSIZE when more descriptors came than <see cref="MostDescriptors"/> or than this process may open (those that arrived are closed).</exception>
    public static int Receive(Socket socket, Span<byte> data, List<Descriptor> descriptors)
    {
        var room = AncillaryData.Space(MostDescriptors * sizeof(int));
        var control = stackalloc byte[room];
        fixed (byte* start = data)
        {
            var part = new MessagePart { Start = start, Length = (nuint)data.Length };
            var message = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = (nuint)room };
            var count = (int)Transfer(socket, &message, Libc.MSG_CMSG_CLOEXEC | Libc.MSG_DONTWAIT, send: false);
            var received = AncillaryData.Read(control, (int)message.ControlLength).Descriptors;
            if ((message.Flags & Libc.MSG_CTRUNC) != 0)
            {
                received.ForEach(descriptor => descriptor.Dispose());
                throw new LinuxException("receiving descriptors", Errno.EMSGSIZE);
            }

            descriptors.AddRange(received);
            return count;
        }
    }

    private static nint Transfer(Socket socket, MessageHeader* message, int flags, bool send)
    {
        var handle = socket.SafeHandle;
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            while (true)
            {
                var number = handle.DangerousGetHandle();
                var result = send ? Libc.SendMessage(number, message, flags) : Libc.ReceiveMessage(number, message, flags);
                if (result >= 0)
                {
                    return result;
                }

                if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                {
                    throw new LinuxException(send ? "sending descriptors" : "receiving descriptors", errno);
                }
            }
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }
}
