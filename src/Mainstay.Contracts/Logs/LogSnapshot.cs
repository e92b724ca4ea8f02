namespace Mainstay.Contracts.Logs;

/// <summary>The files of one service at one moment, oldest first: finished ones by number, then the live one by descriptor, up to the end of the last whole line that it had.</summary>
internal sealed record LogSnapshot(int[] Finished, OpenLogFile? Live, long LiveLength)
{
    /// <summary>How often a rotation may come between listing and opening before we take what we have.</summary>
    private const int Attempts = 8;

    public static LogSnapshot Take(LogFolder folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            var live = OpenLogFile.TryOpen(folder.Current);
            var numbers = folder.Numbers();
            if (live is null)
            {
                return new LogSnapshot(numbers, null, 0);
            }

            var name = live.NameNow();
            if (name.IsCurrent || attempt == Attempts)
            {
                return new LogSnapshot(numbers, live, WholeLines(live));
            }

            // It was rotated while we listed the others: whether it is among them is not worth finding out.
            live.Dispose();
        }
    }

    /// <summary>The writer's last write may be seen half done.</summary>
    private static long WholeLines(OpenLogFile file)
    {
        var length = file.Length;
        var tail = new byte[Math.Min(length, LogLine.MaxLineBytes)];
        var read = file.Read(tail, length - tail.Length);
        var lineEnd = tail.AsSpan(0, read).LastIndexOf((byte)'\n');
        return lineEnd < 0 && length > tail.Length ? length : length - tail.Length + lineEnd + 1;
    }
}

/// <summary>Where to begin reading: in the finished file of that number, or in the live one when null.</summary>
internal readonly record struct LogStart(int? Number, long Offset);
