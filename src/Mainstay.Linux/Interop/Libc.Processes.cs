using System.Runtime.InteropServices;

namespace Mainstay.Linux.Interop;

internal static unsafe partial class Libc
{
    public const int P_PID = 1;
    public const int P_PIDFD = 3;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;

    public const int RLIMIT_NOFILE = 7;

    // The same on every architecture since they were added after the numbers were unified.
    private const int SysPidfdSendSignal = 424;
    private const int SysPidfdOpen = 434;
    private const int SysPidfdGetfd = 438;

    private static readonly bool X64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int SysSetGroups = X64 ? 116 : 159;
    private static readonly int SysSetResUid = X64 ? 117 : 147;
    private static readonly int SysSetResGid = X64 ? 119 : 149;
    private static readonly int SysGetTid = X64 ? 186 : 178;

    // The C library has wrappers for these only since glibc 2.36.
    public static int PidfdOpen(int pid) => (int)Syscall(SysPidfdOpen, pid, 0, 0, 0);

    public static int PidfdSendSignal(Descriptor pidfd, int signal) => WithNumber(pidfd, fd => (int)Syscall(SysPidfdSendSignal, fd, signal, 0, 0));

    public static int PidfdGetfd(Descriptor pidfd, int number) => WithNumber(pidfd, fd => (int)Syscall(SysPidfdGetfd, fd, number, 0, 0));

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, long* time);

    public static int GetTid() => (int)Syscall(SysGetTid, 0, 0, 0, 0);

    // Credentials belong to the thread in the kernel; the C library's setuid changes all threads, these change only the calling one.
    public static int SetThreadGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* first = groups)
        {
            return (int)Syscall(SysSetGroups, groups.Length, (nint)first, 0, 0);
        }
    }

    public static int SetThreadGroup(uint group) => (int)Syscall(SysSetResGid, (nint)group, (nint)group, (nint)group, 0);

    public static int SetThreadUser(uint user) => (int)Syscall(SysSetResUid, (nint)user, (nint)user, (nint)user, 0);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, void* info, int options);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    public static partial int PrLimit(int pid, int resource, ResourceLimit* wanted, ResourceLimit* old);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int PrCtl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int SigAction(int signal, void* wanted, void* old);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetPasswordEntry(string name, PasswordEntry* entry, byte* buffer, nuint length, PasswordEntry** found);

    [LibraryImport("libc", EntryPoint = "getgrouplist", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetGroupList(string user, uint group, uint* groups, int* count);

    private static int WithNumber(Descriptor descriptor, Func<int, int> call)
    {
        var held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            return call(descriptor.Number);
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }
}

/// <summary>C's struct rlimit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    public ulong Soft;
    public ulong Hard;
}

/// <summary>C's struct passwd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PasswordEntry
{
    public byte* Name;
    public byte* Password;
    public uint User;
    public uint Group;
    public byte* Comment;
    public byte* Home;
    public byte* Shell;
}
