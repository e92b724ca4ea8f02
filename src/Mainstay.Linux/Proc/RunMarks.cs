using System.Buffers;
using System.Text;
using Mainstay.Linux.Processes;

namespace Mainstay.Linux.Proc;

/// <summary>Which processes carry a mark in the environment they were started with. Children inherit it, whatever session or parent they have.</summary>
public sealed class RunMarks
{
    // ARG_MAX is 2 MB by default and an environment of more than this is not a service's; what lies behind is not looked at.
    private const int MostBytes = 256 * 1024;

    // A younger process may still be about to exec, and so to get another environment than it had when it was forked.
    private const long SettledTicks = 5 * ProcStat.TicksPerSecond;

    private readonly Dictionary<ProcessIdentity, string?> _settled;
    private readonly ILookup<string, ProcStat> _marked;

    private RunMarks(ProcTable table, Dictionary<ProcessIdentity, string?> settled, ILookup<string, ProcStat> marked)
    {
        Table = table;
        _settled = settled;
        _marked = marked;
    }

    /// <summary>The processes that were looked into.</summary>
    public ProcTable Table { get; }

    /// <summary>Looks into all processes that we may look into: as root all, else those of our own user.</summary>
    /// <param name="variable">Name of the environment variable whose value is the mark.</param>
    /// <param name="earlier">Spares a second look at processes that were known then already.</param>
    public static RunMarks Of(ProcTable table, string variable, RunMarks? earlier = null)
    {
        using var reader = new Reader(variable);
        var settled = new Dictionary<ProcessIdentity, string?>();
        var marked = new List<(string Mark, ProcStat Process)>();
        var settledBefore = BootClock.Ticks - SettledTicks;
        foreach (var process in table.All)
        {
            if (process.IsDead)
            {
                continue;
            }

            var identity = new ProcessIdentity(process.Pid, process.StartTicks);
            var known = earlier is not null && earlier._settled.TryGetValue(identity, out _);
            var mark = known ? earlier!._settled[identity] : reader.Read(process.Pid);
            if (mark is not null || process.StartTicks < settledBefore)
            {
                settled[identity] = mark;
            }

            if (mark is not null)
            {
                marked.Add((mark, process));
            }
        }

        return new RunMarks(table, settled, marked.ToLookup(entry => entry.Mark, entry => entry.Process));
    }

    /// <summary>The mark of one process; null when it has none, is gone, or may not be looked into.</summary>
    public static string? MarkOf(int pid, string variable)
    {
        using var reader = new Reader(variable);
        return reader.Read(pid);
    }

    public IEnumerable<ProcStat> CarriersOf(string mark) => _marked[mark];

    private sealed class Reader(string variable) : IDisposable
    {
        private readonly byte[] _name = Encoding.UTF8.GetBytes("\0" + variable + "=");
        private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(MostBytes + 1);
        private int _used;

        public string? Read(int pid)
        {
            // With a NUL in front, the first variable is found like all others.
            _buffer[0] = 0;
            var length = ProcFile.Read($"/proc/{pid}/environ", _buffer.AsSpan(1, MostBytes));
            if (length <= 0)
            {
                return null;
            }

            _used = Math.Max(_used, length + 1);
            var environment = _buffer.AsSpan(0, length + 1);
            var at = environment.IndexOf(_name);
            if (at < 0)
            {
                return null;
            }

            var value = environment[(at + _name.Length)..];
            var end = value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
        }

        public void Dispose()
        {
            // It held whole environments, secrets included.
            _buffer.AsSpan(0, _used).Clear();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
