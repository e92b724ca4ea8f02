using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Processes;

/// <summary>The limit of open files, of this host and of a child.</summary>
public static unsafe class OpenFilesLimit
{
    /// <summary>The most that a child can be given without the right to raise hard limits.</summary>
    public static long Ceiling
    {
        get
        {
            ResourceLimit limit;
            Libc.Check(Libc.PrLimit(0, Libc.RLIMIT_NOFILE, null, &limit), "reading the limit of open files");
            return limit.Hard > long.MaxValue ? long.MaxValue : (long)limit.Hard;
        }
    }

    internal static void Apply(int child, int? wanted, UserAccount? account)
    {
        if (wanted is not { } limit)
        {
            return;
        }

        var error = Set(child, limit);
        if (error == Errno.EPERM)
        {
            // No right to raise it, or (in a container without CAP_SYS_RESOURCE) to touch a process of another user: then the ceiling, set as that user.
            limit = (int)Math.Min(limit, Ceiling);
            using var thread = new SpawnThread(account, switchError => error = switchError != 0 ? switchError : Set(child, limit));
            thread.Join();
        }

        if (error != 0)
        {
            throw new StageException(SpawnStage.LimitingOpenFiles, error, $"{limit} open files: {Errno.Describe(error)}");
        }
    }

    private static int Set(int child, int wanted)
    {
        var limit = new ResourceLimit { Soft = (ulong)wanted, Hard = (ulong)wanted };
        return Libc.PrLimit(child, Libc.RLIMIT_NOFILE, &limit, null) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}
