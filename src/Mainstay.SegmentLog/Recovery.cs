using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Linux.Files;

namespace Mainstay.SegmentLog;

/// <summary>
/// Finds out what is stored. Only the last segment can have an unfinished end, because another is begun only behind a flushed one: it is read through, and cut at the first
/// record that is not whole. The others are as long as their files, and each of their records is checked when it is read.
/// </summary>
internal static class Recovery
{
    public static (ImmutableArray<Segment> Segments, LogOpening Opening) Run(string directory, LogOptions options, TimeProvider time)
    {
        var files = Directory.EnumerateFiles(directory, "*.seg").Select(f => (Path: f, First: FirstOf(f))).Where(f => f.First is not null).OrderBy(f => f.First).ToList();
        var segments = new List<Segment>();
        var because = "";
        foreach (var (path, first) in files)
        {
            if (Segment.Open(path, first!.Value) is { } segment)
            {
                segments.Add(segment);
            }
            else if (path != files[^1].Path || new FileInfo(path).Length > Segment.HeadBytes)
            {
                throw new LogDamagedException(first.Value, first.Value, $"{path} does not begin as a segment does; move it away to go on without its records");
            }
        }

        for (var i = 0; i + 1 < segments.Count; i++)
        {
            segments[i].Adopt(segments[i + 1].First - segments[i].First, segments[i].BytesInFile);
        }

        if (segments.Count == 0)
        {
            var first = files.Count > 0 ? files[^1].First!.Value : 0;
            return ([Segment.Create(directory, first, time.GetUtcNow())], new(0, 0, null, ""));
        }

        var last = segments[^1];
        var (count, length) = WholePart(last, options.MaxRecordBytes);
        last.Adopt(count, length);
        var torn = last.BytesInFile - length;
        string? aside = null;
        if (torn > 0)
        {
            aside = PutAside(last, length, torn);
            last.Truncate();
            because = string.Create(CultureInfo.InvariantCulture, $"{torn} bytes behind the last whole record ({last.End - 1}) were never acknowledged; they lie in {aside}");
        }

        // What a process began that died before it had flushed the head: it holds nothing, and its name is needed again.
        if (files.Count > segments.Count)
        {
            File.Delete(files[^1].Path);
            DurableFile.SyncDirectory(directory);
        }

        return ([.. segments], new(last.End - segments[0].First, torn, aside, because));
    }

    private static (long Count, long Length) WholePart(Segment segment, int maxRecordBytes)
    {
        // Readable for the walk; what turns out not to be whole is taken back.
        segment.Adopt(long.MaxValue - segment.First, segment.BytesInFile);
        var reader = new SegmentReader(segment, maxRecordBytes);
        reader.Seek(segment.First);
        try
        {
            while (reader.Skip())
            {
            }
        }
        catch (LogDamagedException)
        {
            // Here it ends.
        }

        return (reader.Offset - segment.First, reader.Position);
    }

    private static string PutAside(Segment segment, long from, long bytes)
    {
        var aside = FormattableString.Invariant($"{segment.Path}.torn-{from}");
        using var file = File.OpenHandle(aside, FileMode.Create, FileAccess.Write);
        var buffer = new byte[64 * 1024];
        for (var done = 0L; done < bytes;)
        {
            var some = segment.Read(buffer, from + done);
            if (some == 0)
            {
                break;
            }

            RandomAccess.Write(file, buffer.AsSpan(0, some), done);
            done += some;
        }

        RandomAccess.FlushToDisk(file);
        return aside;
    }

    private static long? FirstOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first) && Path.GetFileName(path) == Segment.NameOf(first) ? first : null;
}
