using System.Globalization;

namespace Mainstay.Bench.LogFlow;

/// <summary>Lines that hold <c>#000000000042#</c>, whatever a supervisor puts before them.</summary>
internal static class NumberedLines
{
    private const int Digits = 12;

    public static long NumberIn(string? line)
    {
        var mark = line?.IndexOf('#', StringComparison.Ordinal) ?? -1;
        return mark >= 0 && line!.Length > mark + Digits
            && long.TryParse(line.AsSpan(mark + 1, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Counts the lines that continue the sequence from 1; a lost, doubled or torn one does not count.</summary>
    public static long CountInOrder(IEnumerable<string> lines)
    {
        var (last, count) = (0L, 0L);
        foreach (var line in lines)
        {
            var number = NumberIn(line);
            (last, count) = number > last ? (number, count + 1) : (last, count);
        }

        return count;
    }
}
