using System.Globalization;
using System.IO.Enumeration;

namespace Mainstay.Linux.Proc;

/// <summary>All processes of one scan of /proc. One scan serves every question about every service.</summary>
public sealed class ProcTable
{
    private readonly Dictionary<int, ProcStat> _processes;
    private readonly Lazy<ILookup<int, ProcStat>> _children;
    private readonly Lazy<ILookup<int, ProcStat>> _sessions;

    internal ProcTable(IEnumerable<ProcStat> processes)
    {
        _processes = processes.ToDictionary(process => process.Pid);
        _children = new(() => _processes.Values.ToLookup(process => process.Parent));
        _sessions = new(() => _processes.Values.ToLookup(process => process.Session));
    }

    public IReadOnlyCollection<ProcStat> All => _processes.Values;

    public static ProcTable Snapshot() => new(Pids().Select(ProcStat.Read).OfType<ProcStat>());

    public ProcStat? Find(int pid) => _processes.TryGetValue(pid, out var process) ? process : null;

    public IEnumerable<ProcStat> ChildrenOf(int pid) => _children.Value[pid];

    public IEnumerable<ProcStat> InSession(int session) => _sessions.Value[session];

    /// <summary>The process itself is not among its descendants; nor are we, with all that is ours, should we have been started from there.</summary>
    public IEnumerable<ProcStat> DescendantsOf(ProcStat ancestor)
    {
        // A scan takes time, so a pid seen early as a parent may belong to another by the time its child is read: a child is never older than its parent.
        var open = new Stack<ProcStat>([ancestor]);
        var seen = new HashSet<int> { ancestor.Pid };
        while (open.TryPop(out var parent))
        {
            foreach (var child in ChildrenOf(parent.Pid))
            {
                if (child.Pid != Environment.ProcessId && child.StartTicks >= parent.StartTicks && seen.Add(child.Pid))
                {
                    open.Push(child);
                    yield return child;
                }
            }
        }
    }

    private static FileSystemEnumerable<int> Pids() => new("/proc", Number)
    {
        ShouldIncludePredicate = static (ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]),
    };

    private static int Number(ref FileSystemEntry entry) =>
        int.TryParse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0;
}
