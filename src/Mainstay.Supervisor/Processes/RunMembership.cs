using Mainstay.Linux.Proc;
using Mainstay.Linux.Processes;

namespace Mainstay.Supervisor.Processes;

/// <summary>Whether a process belongs to a run: it, or an ancestor of it, carries the run's mark.</summary>
internal sealed class RunMembership(string mark)
{
    private const int MostAncestors = 32;

    // A watchdog's sender is nearly always the same process.
    private ProcessIdentity? _lastMember;

    public bool Includes(int pid)
    {
        if (ProcStat.Read(pid) is not { } process)
        {
            return false;
        }

        var identity = new ProcessIdentity(process.Pid, process.StartTicks);
        if (_lastMember == identity || HasMarkedAncestor(process))
        {
            _lastMember = identity;
            return true;
        }

        return false;
    }

    private bool HasMarkedAncestor(ProcStat process)
    {
        for (var i = 0; i < MostAncestors && process.Pid > 1; i++)
        {
            if (RunMarks.MarkOf(process.Pid, LinuxProcessHost.RunVariable) == mark)
            {
                return true;
            }

            if (ProcStat.Read(process.Parent) is not { } parent || parent.StartTicks > process.StartTicks)
            {
                return false;
            }

            process = parent;
        }

        return false;
    }
}
