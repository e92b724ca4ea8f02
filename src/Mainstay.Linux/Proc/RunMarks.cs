using System.Buffers;
using System.Text;

namespace Mainstay.Linux.Proc;

/// <summary>Which processes carry a mark in the environment they were started with. Children inherit it, whatever session or parent they have.</summary>
public sealed class RunMarks
{
    // ARG_MAX is 2 MB by default and an environment of more than this is not a service's; what lies behind is not looked at.
    private const int MostBytes = 256 * 1024;

    private readonly ILookup<string, ProcStat> _marked;

    private RunMarks(ILookup<string, ProcStat> marked) => _marked = marked;

    /// <summary>Looks into all processes that we may look into: as root all, else those of our own user.</summary>
    /// <param name="variable">Name of the environment variable whose value is the mark.</param>
    public static RunMarks Of(ProcTable table, string variable)
    {
        var name = Encoding.UTF8.GetBytes("\0" + variable + "=");
        var buffer = ArrayPool<byte>.Shared.Rent(MostBytes + 1);
        try
        {
            var marked = new List<(string Mark, ProcStat Process)>();
            foreach (var process in table.All)
            {
                if (!process.IsDead && Read(process.Pid, name, buffer) is { } mark)
                {
                    marked.Add((mark, process));
                }
            }

            return new RunMarks(marked.ToLookup(entry => entry.Mark, entry => entry.Process));
        }
        finally
        {
            // It held whole environments, secrets included.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    public IEnumerable<ProcStat> CarriersOf(string mark) => _marked[mark];

    private static string? Read(int pid, ReadOnlySpan<byte> name, byte[] buffer)
    {
        // With a NUL in front, the first variable is found like all others.
        buffer[0] = 0;
        var length = ProcFile.Read($"/proc/{pid}/environ", buffer.AsSpan(1, MostBytes));
        if (length <= 0)
        {
            return null;
        }

        var environment = buffer.AsSpan(0, length + 1);
        var at = environment.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var value = environment[(at + name.Length)..];
        var end = value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
    }
}
