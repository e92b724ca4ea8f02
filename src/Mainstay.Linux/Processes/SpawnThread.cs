using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Mainstay.Linux.Interop;

namespace Mainstay.Linux.Processes;

/// <summary>A thread of one task that takes on a user's identity and ends with it.</summary>
/// <remarks>
/// In Linux credentials belong to threads, and a new process has those of the thread that made it. So the switch needs no helper program
/// between us and the service. The thread never goes back to root: there is no path on which a privileged thread
/// could be left unprivileged, or the reverse.
/// </remarks>
internal sealed class SpawnThread : IDisposable
{
    private const int PR_GET_DUMPABLE = 3;
    private const int PR_SET_DUMPABLE = 4;

    private readonly Descriptor _ended = new(Libc.Check(Libc.EventFd(0, Libc.CLOEXEC), "making a wake-up for a new process"));
    private readonly int _dumpable = Libc.PrCtl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    private readonly Thread _thread;
    private Exception? _fault;

    /// <param name="work">Given the error of the switch, 0 when it succeeded or none was wanted.</param>
    public SpawnThread(UserAccount? account, Action<int> work)
    {
        _thread = new Thread(() => Run(account, work), maxStackSize: 512 * 1024) { IsBackground = true, Name = "spawn" };
        _thread.Start();
    }

    /// <summary>Readable when the work is done.</summary>
    public Descriptor Ended => _ended;

    /// <summary>The kernel's number of the thread.</summary>
    public int Id { get; private set; }

    private unsafe void Run(UserAccount? account, Action<int> work)
    {
        try
        {
            Id = Libc.GetTid();
            work(account is null ? 0 : Become(account));
        }
        catch (Exception e)
        {
            _fault = e;
        }

        var one = 1UL;
        _ = Libc.Write(_ended, &one, sizeof(ulong));
    }

    private static int Become(UserAccount account)
    {
        // In this order: a thread that is no longer root may change neither its groups nor its group.
        var groups = account.Groups.ToArray();
        return Libc.SetThreadGroups(groups) < 0 || Libc.SetThreadGroup(account.GroupId) < 0 || Libc.SetThreadUser(account.UserId) < 0
            ? Marshal.GetLastPInvokeError()
            : 0;
    }

    /// <summary>Waits for the work and rethrows what it threw.</summary>
    public void Join()
    {
        _thread.Join();
        if (_fault is not null)
        {
            ExceptionDispatchInfo.Throw(_fault);
        }
    }

    public void Dispose()
    {
        _thread.Join();
        _ended.Dispose();

        // The kernel forbade dumps and tracing of the whole process when a thread of it changed its user, which is what protects that thread.
        // It is gone now, and crash dumps of a daemon are worth having.
        if (_dumpable == 1)
        {
            _ = Libc.PrCtl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        }
    }
}
