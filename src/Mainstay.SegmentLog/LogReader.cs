using System.Globalization;
using System.Runtime.CompilerServices;

namespace Mainstay.SegmentLog;

/// <summary>
/// Reads a log that another process may have open, and changes nothing of it: no lock, no position. It sees whole records only, each checked. The end of the newest segment is
/// where the first record stands that is not whole: it may be in the middle of being written, and is looked at again. One reader, one caller.
/// </summary>
/// <param name="from">Offset of the record that is wanted first; the oldest one that is there, when it has gone.</param>
public sealed class LogReader(string directory, long from = 0, int maxRecordBytes = 16 << 20) : IDisposable
{
    private SegmentFile? _segment;
    private long _wanted = from;

    /// <summary>Told of offsets that cannot be read: from, the one that reading goes on at, and why.</summary>
    public Action<long, long, string> Missed { get; set; } = (_, _, _) => { };

    /// <summary>Offset of the record that comes next.</summary>
    public long Offset => _wanted;

    /// <summary>The first offset of the newest segment that was begun at this time or before: no record of that time or later lies before it. 0 when there is none.</summary>
    public static long Near(string directory, DateTimeOffset time) =>
        Segments(directory).LastOrDefault(first => Begun(directory, first) <= time, 0);

    /// <summary>The next record; null when there is none yet.</summary>
    public LogRecord? Next()
    {
        while (true)
        {
            if (_segment is null && !OpenHolding())
            {
                return null;
            }

            var record = _segment!.Next(maxRecordBytes);
            if (record is null)
            {
                var later = Segments(directory).FirstOrDefault(first => first > _segment.First, -1);
                if (later < 0)
                {
                    return null;
                }

                // Another is begun only behind a whole one: what came between the two looks is there now.
                record = _segment.Next(maxRecordBytes);
                if (record is null)
                {
                    Leave(later);
                    continue;
                }
            }

            if (record.Offset >= _wanted)
            {
                _wanted = record.Offset + 1;
                return record;
            }
        }
    }

    /// <summary>All that are there, and then each as it is written.</summary>
    /// <param name="pace">So often it is looked for more.</param>
    public async IAsyncEnumerable<LogRecord> FollowAsync(TimeSpan pace, TimeProvider time, [EnumeratorCancellation] CancellationToken token)
    {
        while (true)
        {
            while (Next() is { } record)
            {
                yield return record;
            }

            await Task.Delay(pace, time, token);
        }
    }

    public void Dispose() => _segment?.Dispose();

    private static DateTimeOffset Begun(string directory, long first)
    {
        using var segment = SegmentFile.Open(directory, first);
        return segment?.Begun ?? DateTimeOffset.MaxValue;
    }

    /// <summary>By the names of files, oldest first.</summary>
    private static List<long> Segments(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory, "*.seg")
                .Select(f => long.TryParse(Path.GetFileNameWithoutExtension(f), NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : -1)
                .Where(first => first >= 0).Order()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The segment with the wanted record, or the oldest behind it.</summary>
    private bool OpenHolding()
    {
        var all = Segments(directory);
        if (all.Count == 0)
        {
            return false;
        }

        var holding = all.LastOrDefault(first => first <= _wanted, all[0]);

        // One that vanished between the two looks, or whose head is not there yet, is tried again with the next call.
        _segment = SegmentFile.Open(directory, holding);
        if (_segment is not null && holding > _wanted)
        {
            Miss(holding, "retention has removed them");
        }

        return _segment is not null;
    }

    private void Leave(long later)
    {
        var reached = Math.Max(_segment!.Offset, _wanted);
        _segment.Dispose();
        _segment = null;
        if (later > reached)
        {
            _wanted = reached;
            Miss(later, "what stands there is not what was written, or retention has removed them");
        }
    }

    private void Miss(long next, string because)
    {
        var missing = _wanted;
        _wanted = next;
        Missed(missing, next, because);
    }
}
