using System.Collections.Immutable;
using System.Text;

namespace Mainstay.Contracts.Logs;

/// <summary>Decides which lines a query takes and where reading has to begin to see all of them.</summary>
internal static class LogSelection
{
    /// <summary>Below this, reading on is cheaper than searching on.</summary>
    private const int SearchGrain = 128 * 1024;

    public static bool Takes(LogQuery query, in LogLineParts line) =>
        (query.Since is null || line.At >= query.Since) && (query.Instances.IsDefaultOrEmpty || IsOneOf(query.Instances, line.Instance));

    /// <summary>Where the first record that is not older than <paramref name="since"/> may stand. Errs towards the beginning, never past it.</summary>
    public static LogStart? Since(LogFolder folder, LogSnapshot snapshot, DateTimeOffset since)
    {
        if (snapshot.Live is { } live && FirstAt(live, 0, snapshot.LiveLength) is { } first && first.At < since)
        {
            return new LogStart(null, Search(live, snapshot.LiveLength, since));
        }

        foreach (var number in snapshot.Finished.Reverse())
        {
            using var file = OpenLogFile.TryOpen(folder.Finished(number));
            if (file is not null && FirstAt(file, 0, file.Length) is { } begin && begin.At < since)
            {
                return new LogStart(number, Search(file, file.Length, since));
            }
        }

        return null;
    }

    private static bool IsOneOf(ImmutableArray<string> wanted, ReadOnlySpan<byte> instance)
    {
        foreach (var one in wanted)
        {
            if (Ascii.Equals(instance, one))
            {
                return true;
            }
        }

        return false;
    }

    private static long Search(OpenLogFile file, long length, DateTimeOffset since)
    {
        var (low, high) = (0L, length);
        while (high - low > SearchGrain)
        {
            var middle = low + ((high - low) / 2);
            if (FirstAt(file, middle, high) is { } line && line.At < since)
            {
                low = line.Offset;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The first whole line that begins at or after <paramref name="offset"/> and carries a time.</summary>
    private static (DateTimeOffset At, long Offset)? FirstAt(OpenLogFile file, long offset, long end)
    {
        var scanner = new ForwardScanner(file, offset);
        if (offset > 0)
        {
            scanner.TryNext(end, final: false, out _);
        }

        while (true)
        {
            var start = scanner.Offset;
            if (!scanner.TryNext(end, final: false, out var line))
            {
                return null;
            }

            if (LogLine.TryParse(line, out LogLineParts parts))
            {
                return (parts.At, start);
            }
        }
    }
}
