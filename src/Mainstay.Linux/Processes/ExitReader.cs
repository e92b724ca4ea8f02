using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;

namespace Mainstay.Linux.Processes;

/// <summary>How a process ended, asked of the kernel in the ways that remain.</summary>
internal static unsafe class ExitReader
{
    private const int Exited = 1;
    private const int InfoSize = 64;
    private const ulong InfoExit = 1UL << 3;

    // _IOWR(0xFF, 11, 64 bytes): PIDFD_GET_INFO with the first published size of its struct.
    private const nuint PidfdGetInfo = 0xC040FF0B;

    /// <summary>Reaps our own child; null when it has not ended, or is not (or no longer) ours to reap.</summary>
    public static ExitStatus? Reap(Descriptor pidfd)
    {
        var info = stackalloc int[32];
        int result;
        do
        {
            info[2] = 0;
            result = Libc.WaitId(Libc.P_PIDFD, pidfd.Number, info, Libc.WEXITED | Libc.WNOHANG);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

        // si_code and si_status; both are untouched when nothing has changed yet.
        return result < 0 || info[2] == 0 ? null
            : info[2] == Exited ? new ExitStatus(info[6], null)
            : new ExitStatus(null, info[6]);
    }

    /// <summary>Of a process that somebody else reaps, or has reaped. Linux 6.15 remembers the status behind the pidfd; before that only a zombie still has it.</summary>
    public static ExitStatus Ask(Descriptor pidfd, ProcessIdentity identity) =>
        FromPidfd(pidfd) ?? FromZombie(identity) ?? FromPidfd(pidfd) ?? ExitStatus.Unknown;

    private static ExitStatus? FromPidfd(Descriptor pidfd)
    {
        var info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        *(ulong*)info = InfoExit;
        var known = Libc.Ioctl(pidfd, PidfdGetInfo, info) == 0 && (*(ulong*)info & InfoExit) != 0;
        return known ? FromWaitStatus(*(int*)(info + InfoSize - sizeof(int))) : null;
    }

    private static ExitStatus? FromZombie(ProcessIdentity identity)
    {
        // To those who may not know, the kernel shows a status of 0, which looks like success. Root always may.
        var seen = ProcStat.Read(identity.Pid);
        return seen is { State: 'Z' } zombie && zombie.StartTicks == identity.StartTicks && (zombie.WaitStatus != 0 || Libc.GetEuid() == 0)
            ? FromWaitStatus(zombie.WaitStatus)
            : null;
    }

    internal static ExitStatus FromWaitStatus(int status) =>
        (status & 0x7f) == 0 ? new ExitStatus((status >> 8) & 0xff, null) : new ExitStatus(null, status & 0x7f);
}
