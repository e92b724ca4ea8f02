using System.Collections.Immutable;

namespace Mainstay.SegmentLog;

/// <summary>
/// The segments of a log, oldest first; the last is the one that is written and never goes. Read from everywhere, changed by one caller at a time.
/// Retention takes whole segments.
/// </summary>
internal sealed class SegmentSet(ImmutableArray<Segment> found) : IDisposable
{
    private ImmutableArray<Segment> _segments = found;

    /// <summary>Offsets that have gone: from, and the first that is still there.</summary>
    public Action<long, long> Dropped { get; set; } = (_, _) => { };

    public long First => _segments[0].First;

    public Segment Written => _segments[^1];

    public long Bytes => _segments.Sum(s => s.Length);

    /// <summary>The segment with this record, or with the oldest one behind it; null behind the end.</summary>
    public Segment? Holding(long offset)
    {
        foreach (var segment in _segments)
        {
            if (offset < segment.End)
            {
                return segment;
            }
        }

        return null;
    }

    public void Add(Segment segment) => _segments = _segments.Add(segment);

    public void Retain(LogOptions options, DateTimeOffset now)
    {
        DropOld(options, now);
        if (options.WhenFull is FullPolicy.DropOldest)
        {
            Drop(() => Bytes > options.MaxBytes);
        }
    }

    public void DropOld(LogOptions options, DateTimeOffset now)
    {
        if (options.MaxAge is { } age)
        {
            Drop(() => _segments[0].Newest < now - age);
        }
    }

    public void DropBefore(long offset) => Drop(() => _segments[0].End <= offset);

    public void Dispose()
    {
        foreach (var segment in _segments)
        {
            segment.Dispose();
        }
    }

    private void Drop(Func<bool> mayOldestGo)
    {
        var from = First;
        while (_segments.Length > 1 && mayOldestGo())
        {
            var gone = _segments[0];
            _segments = _segments.RemoveAt(0);
            gone.Delete();
        }

        if (First > from)
        {
            Dropped(from, First);
        }
    }
}
