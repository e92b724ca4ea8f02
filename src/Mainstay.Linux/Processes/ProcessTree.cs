using System.Buffers.Text;
using Mainstay.Linux.Cgroups;
using Mainstay.Linux.Interop;
using Mainstay.Linux.Proc;
using Mainstay.Linux.Signals;

namespace Mainstay.Linux.Processes;

/// <summary>A process with everything that came from it: its descendants, its session, its cgroup, and whoever carries its mark.</summary>
public sealed class ProcessTree
{
    // Together two seconds: what has not died of SIGKILL by then hangs in the kernel, and waiting longer helps nobody.
    private const int KillRounds = 40;
    private const int RoundMilliseconds = 50;

    private static readonly TimeSpan MembersAge = TimeSpan.FromSeconds(2);

    private readonly ProcessIdentity? _main;
    private readonly string _mark;
    private readonly Cgroup? _cgroup;
    private readonly ProcScanner _scanner;
    private long? _mainEndedTicks;

    /// <param name="main">The leader of the session; null when it is long gone, and only its mark tells what is left of it.</param>
    /// <param name="mark">Value of the mark in its environment.</param>
    /// <param name="cgroup">Of this tree alone, or null.</param>
    public ProcessTree(ProcessIdentity? main, string mark, Cgroup? cgroup, ProcScanner scanner)
    {
        _main = main;
        _mark = mark;
        _cgroup = cgroup;
        _scanner = scanner;
    }

    /// <summary>Call when the main process has ended: from then on its pid, and so its session's number, may come to mean somebody else.</summary>
    public void MainEnded() => _mainEndedTicks = BootClock.Ticks;

    /// <summary>Whoever belongs to it in this table, by mark too when <paramref name="marks"/> is given; zombies included.</summary>
    public IReadOnlyCollection<ProcStat> Members(ProcTable table, RunMarks? marks)
    {
        var members = new Dictionary<int, ProcStat>();
        if (_main is { } main)
        {
            if (table.Find(main.Pid) is { } root && root.StartTicks == main.StartTicks)
            {
                Add(root);
            }

            AddAll(table.InSession(main.Pid).Where(process => IsOfOurSession(process, main)));
        }

        AddAll(_cgroup?.Processes().Select(table.Find).OfType<ProcStat>() ?? []);
        AddAll(marks?.CarriersOf(_mark) ?? []);
        return members.Values;

        void AddAll(IEnumerable<ProcStat> processes)
        {
            foreach (var process in processes)
            {
                Add(process);
            }
        }

        void Add(ProcStat process)
        {
            // A daemon may itself have been started from a service's terminal, with the mark in its environment.
            if (process.Pid == Environment.ProcessId || !members.TryAdd(process.Pid, process))
            {
                return;
            }

            foreach (var child in table.DescendantsOf(process))
            {
                members.TryAdd(child.Pid, child);
            }
        }
    }

    /// <summary>
    /// While the main process lives (or is not reaped), the session's number is its own. Afterwards the number stays taken as long as a
    /// member lives, and then may be given to a stranger, whose session began after our main process ended.
    /// </summary>
    private bool IsOfOurSession(ProcStat process, ProcessIdentity main) =>
        process.StartTicks >= main.StartTicks && (_mainEndedTicks is not { } ended || process.StartTicks <= ended);

    /// <summary>SIGKILL to all of it, again and again until nobody is left; false when somebody has survived for two seconds. Blocks for as long.</summary>
    public bool Kill()
    {
        for (var round = 0; round < KillRounds; round++)
        {
            var victims = KillAll();
            if (victims.Count == 0)
            {
                return true;
            }

            Await(victims);
            victims.ForEach(victim => victim.Dispose());
        }

        return false;
    }

    /// <summary>Those who were found alive, and are dying now.</summary>
    private List<PidFd> KillAll()
    {
        // Out of a cgroup nobody escapes by a new session or a new parent, so there it needs no look at all processes of the host.
        if (_cgroup is not null && _cgroup.Kill())
        {
            return [.. _cgroup.Processes().Select(PidFd.OpenCurrent).OfType<PidFd>()];
        }

        var marks = _scanner.FreshMarks();
        var victims = Members(marks.Table, marks)
            .Where(process => !process.IsDead)
            .Select(process => PidFd.Open(new ProcessIdentity(process.Pid, process.StartTicks)))
            .OfType<PidFd>()
            .ToList();
        victims.ForEach(victim => victim.Signal(SignalNumber.SIGKILL));
        return victims;
    }

    private static unsafe void Await(List<PidFd> dying)
    {
        // One after the other is as good as together: they all are dying already. Whoever takes longer is met again in the next round.
        foreach (var process in dying)
        {
            var item = new PollItem { Fd = process.Descriptor.Number, Wanted = PollItem.In };
            if (Libc.Poll(&item, 1, RoundMilliseconds) == 0)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Bytes and CPU time of the members, which are as known at most two seconds ago, read now. Memory is what each has for itself
    /// (anonymous pages) plus the largest share of files and shared memory, so that what forked workers share is counted once.
    /// </summary>
    public (long MemoryBytes, TimeSpan CpuTime, int Processes) Usage()
    {
        long ownPages = 0, sharedPages = 0, ticks = 0;
        var count = 0;
        var members = Members(_scanner.Recent(MembersAge), null);
        if (members.Count == 0)
        {
            // A table from before it began.
            members = Members(_scanner.Recent(TimeSpan.Zero), null);
        }

        foreach (var member in members)
        {
            if (ProcStat.Read(member.Pid) is { IsDead: false } now && now.StartTicks == member.StartTicks)
            {
                var (resident, shared) = PagesOf(member.Pid);
                ownPages += resident - shared;
                sharedPages = Math.Max(sharedPages, shared);
                ticks += now.CpuTicks + now.ReapedTicks;
                count++;
            }
        }

        return ((ownPages + sharedPages) * Environment.SystemPageSize, TimeSpan.FromSeconds((double)ticks / ProcStat.TicksPerSecond), count);
    }

    /// <summary>Everybody who belongs to it and lives, as known now.</summary>
    public IReadOnlySet<int> LivingPids()
    {
        var marks = _scanner.FreshMarks();
        return Members(marks.Table, marks).Where(member => !member.IsDead).Select(member => member.Pid).ToHashSet();
    }

    private static (long Resident, long Shared) PagesOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[128];
        var length = ProcFile.Read($"/proc/{pid}/statm", buffer);
        if (length <= 0)
        {
            return default;
        }

        // size resident shared …
        ReadOnlySpan<byte> rest = buffer[..length];
        rest = rest[(rest.IndexOf((byte)' ') + 1)..];
        _ = Utf8Parser.TryParse(rest, out long resident, out var used);
        _ = Utf8Parser.TryParse(rest[(used + 1)..], out long shared, out _);
        return (resident, Math.Min(shared, resident));
    }
}
