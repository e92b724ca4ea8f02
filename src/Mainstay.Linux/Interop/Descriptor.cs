using System.Runtime.InteropServices;

namespace Mainstay.Linux.Interop;

/// <summary>An open file descriptor that is closed once, and never while a call on it is under way.</summary>
public sealed class Descriptor : SafeHandle
{
    public Descriptor()
        : base(-1, ownsHandle: true)
    {
    }

    public Descriptor(int number)
        : this(number, owned: true)
    {
    }

    private Descriptor(int number, bool owned)
        : base(-1, owned) => SetHandle(number);

    /// <summary>A descriptor that somebody else closes.</summary>
    public static Descriptor Borrow(int number) => new(number, owned: false);

    public override bool IsInvalid => handle < 0;

    /// <summary>The number in this process; only valid while the descriptor is not disposed.</summary>
    public int Number => (int)handle;

    // EINTR after close(2) means on Linux that the descriptor is gone all the same: never repeat it.
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0 || Marshal.GetLastPInvokeError() == Errno.EINTR;
}
