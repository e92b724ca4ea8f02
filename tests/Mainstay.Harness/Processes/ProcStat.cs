using System.Globalization;

namespace Mainstay.Harness.Processes;

/// <summary>What /proc/PID/stat says: times in clock ticks (1/100 s), memory in pages.</summary>
public sealed record ProcStat(char State, int Parent, int Session, long UserTicks, long SystemTicks, long StartTicks, long ResidentPages)
{
    public bool IsZombie => State is 'Z' or 'X';

    public static ProcStat? Read(int pid)
    {
        var text = ProcFs.TryRead($"/proc/{pid}/stat");

        // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
        var end = text.LastIndexOf(')');
        if (end < 0)
        {
            return null;
        }

        var fields = text[(end + 2)..].Split(' ');
        return new(fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture),
            Ticks(11), Ticks(12), Ticks(19), Ticks(21));

        long Ticks(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
    }
}
