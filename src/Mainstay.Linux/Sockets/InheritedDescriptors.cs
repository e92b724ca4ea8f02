using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Sockets;

/// <summary>Descriptors that this process was started with.</summary>
public static class InheritedDescriptors
{
    private const int CloseOnExec = 1;

    /// <summary>Keeps the descriptor in this process: nothing that it starts gets it. The other holders of the same socket are not affected.</summary>
    /// <exception cref="LinuxException">EBADF: there is no such descriptor.</exception>
    public static void Keep(int descriptor)
    {
        if (Libc.Fcntl(descriptor, Libc.F_GETFD, 0) < 0 || Libc.Fcntl(descriptor, Libc.F_SETFD, CloseOnExec) < 0)
        {
            throw new LinuxException($"keeping descriptor {descriptor}", Marshal.GetLastPInvokeError());
        }
    }
}
