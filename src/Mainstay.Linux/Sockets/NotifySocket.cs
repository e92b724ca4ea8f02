using System.Runtime.InteropServices;
using System.Text;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Sockets;

/// <summary>A datagram socket that learns from the kernel which process sent each message.</summary>
public sealed unsafe class NotifySocket : IDisposable
{
    /// <summary>Bytes of the longest path or name of a unix socket.</summary>
    public const int LongestAddress = 107;

    // The protocol's own senders keep to a page; a longer datagram is dropped whole.
    private const int LongestMessage = 8 * 1024;
    private const int FamilySize = 2;

    private NotifySocket(Descriptor descriptor) => Descriptor = descriptor;

    /// <summary>For the event loop; does not block.</summary>
    public Descriptor Descriptor { get; }

    /// <param name="address">A path (mode 0600; an old socket in its place is replaced), or a name beginning with @, which has no file and no permissions.</param>
    public static NotifySocket Bind(string address)
    {
        var name = Encoding.UTF8.GetBytes(address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, LongestAddress, nameof(address));
        var attempt = $"binding the notification socket {address}";
        var socket = new Descriptor(Libc.Check(Libc.Socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK, 0), attempt));
        try
        {
            var one = 1;
            Libc.Check(Libc.SetSocketOption(socket, Libc.SOL_SOCKET, Libc.SO_PASSCRED, &one, sizeof(int)), attempt);
            var isAbstract = address[0] == '@';
            if (!isAbstract)
            {
                File.Delete(address);
            }

            var bytes = stackalloc byte[FamilySize + LongestAddress + 1];
            *(ushort*)bytes = Libc.AF_UNIX;
            name.CopyTo(new Span<byte>(bytes + FamilySize, name.Length));
            bytes[FamilySize + name.Length] = 0;
            if (isAbstract)
            {
                // An abstract name begins with NUL and is as long as the address says, without a NUL at its end.
                bytes[FamilySize] = 0;
            }

            Libc.Check(Libc.Bind(socket, bytes, (uint)(FamilySize + name.Length + (isAbstract ? 0 : 1))), attempt);
            if (!isAbstract)
            {
                Libc.Check(Libc.Chmod(address, 0b110_000_000), attempt);
            }

            return new NotifySocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Handles one waiting message, if there is one; false when there is none. Descriptors that came with it are closed when
    /// <paramref name="handle"/> has returned: a sender that waits for that (BARRIER=1) is still alive while its message is judged.
    /// </summary>
    public bool TryReceive(Action<int, string> handle)
    {
        const int controlSize = 1024;
        var buffer = stackalloc byte[LongestMessage];
        var control = stackalloc byte[controlSize];
        var part = new MessagePart { Start = buffer, Length = LongestMessage };
        var message = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = controlSize };
        nint count;
        do
        {
            count = Libc.ReceiveMessage(Descriptor.Number, &message, Libc.MSG_CMSG_CLOEXEC | Libc.MSG_DONTWAIT);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == Errno.EAGAIN ? false : throw Libc.Error("receiving a notification");
        }

        var ancillary = AncillaryData.Read(control, (int)message.ControlLength);
        try
        {
            if (ancillary.SenderPid is { } sender && (message.Flags & Libc.MSG_TRUNC) == 0)
            {
                handle(sender, Encoding.UTF8.GetString(buffer, (int)count));
            }
        }
        finally
        {
            ancillary.Descriptors.ForEach(descriptor => descriptor.Dispose());
        }

        return true;
    }

    /// <summary>A bound path stays; the owner removes it.</summary>
    public void Dispose() => Descriptor.Dispose();
}
