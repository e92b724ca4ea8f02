using System.Runtime.InteropServices;

namespace Mainstay.Linux.Interop;

/// <summary>C's struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollItem
{
    public int Fd;
    public short Wanted;
    public short Got;

    public const short In = 1;
    public const short Out = 4;
    public const short Hangup = 16;
}
