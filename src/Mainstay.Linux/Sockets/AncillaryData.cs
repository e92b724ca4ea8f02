using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Sockets;

/// <summary>What came beside the bytes of a message: descriptors, which are the reader's to close, and the sender as the kernel saw it.</summary>
internal sealed unsafe record AncillaryData(List<Descriptor> Descriptors, int? SenderPid)
{
    public const int HeaderSize = 16;

    /// <summary>Room for a payload with its header, as the kernel aligns it.</summary>
    public static int Space(int payload) => Align(HeaderSize + payload);

    public static AncillaryData Read(byte* control, int length)
    {
        var descriptors = new List<Descriptor>();
        int? sender = null;
        for (var at = 0; at + HeaderSize <= length;)
        {
            // struct cmsghdr: size with header, level, type.
            var size = (int)*(nuint*)(control + at);
            if (size < HeaderSize || at + size > length)
            {
                break;
            }

            var payload = control + at + HeaderSize;
            switch (*(int*)(control + at + 8), *(int*)(control + at + 12))
            {
                case (Libc.SOL_SOCKET, Libc.SCM_RIGHTS):
                    foreach (var number in new ReadOnlySpan<int>(payload, (size - HeaderSize) / sizeof(int)))
                    {
                        descriptors.Add(new Descriptor(number));
                    }

                    break;
                case (Libc.SOL_SOCKET, Libc.SCM_CREDENTIALS):
                    // A sender outside our pid namespace has pid 0.
                    sender = *(int*)payload is > 0 and var pid ? pid : null;
                    break;
            }

            at += Align(size);
        }

        return new AncillaryData(descriptors, sender);
    }

    private static int Align(int size) => (size + 7) & ~7;
}
