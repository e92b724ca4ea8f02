using System.Buffers.Text;
using System.Text;

namespace Mainstay.Linux.Proc;

/// <summary>One process as /proc/PID/stat tells it: CPU times in clock ticks, start in ticks since boot, resident size in pages.</summary>
/// <param name="State">R S D T Z X …</param>
/// <param name="ReapedTicks">CPU of its children that have ended and were waited for.</param>
/// <param name="WaitStatus">Of a zombie, in the form of waitpid; 0 when the reader may not know.</param>
public readonly record struct ProcStat(
    int Pid, string Command, char State, int Parent, int Session, long CpuTicks, long ReapedTicks, long StartTicks, long ResidentPages, int WaitStatus)
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on: the kernel's ABI fixes it, whatever HZ it was built with.
    public const int TicksPerSecond = 100;

    /// <summary>It has ended and only its entry is left.</summary>
    public bool IsDead => State is 'Z' or 'X' or 'x';

    /// <summary>Null when there is no such process (any more).</summary>
    public static ProcStat? Read(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var length = ProcFile.Read($"/proc/{pid}/stat", buffer);
        return length > 0 ? Parse(buffer[..length]) : null;
    }

    internal static ProcStat? Parse(ReadOnlySpan<byte> line)
    {
        // The command stands in parentheses and may itself hold spaces and parentheses: fields count from the last one.
        var open = line.IndexOf((byte)'(');
        var close = line.LastIndexOf((byte)')');
        if (open < 2 || close < open || close + 4 >= line.Length || !Utf8Parser.TryParse(line, out int pid, out _))
        {
            return null;
        }

        var rest = line[(close + 2)..];
        Span<long> fields = stackalloc long[53];
        var index = 4;
        for (var position = 2; position < rest.Length && index < fields.Length; index++)
        {
            // Some fields are unsigned and exceed a long (an unlimited rsslim); none of those is used.
            _ = Utf8Parser.TryParse(rest[position..], out fields[index], out _);
            var space = rest[position..].IndexOf((byte)' ');
            position = space < 0 ? rest.Length : position + space + 1;
        }

        return index <= 24
            ? null
            : new ProcStat(
                pid,
                Encoding.UTF8.GetString(line[(open + 1)..close]),
                (char)rest[0],
                Parent: (int)fields[4],
                Session: (int)fields[6],
                CpuTicks: fields[14] + fields[15],
                ReapedTicks: fields[16] + fields[17],
                StartTicks: fields[22],
                ResidentPages: fields[24],
                WaitStatus: (int)fields[52]);
    }
}
