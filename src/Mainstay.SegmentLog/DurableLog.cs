using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Mainstay.Linux.Files;

namespace Mainstay.SegmentLog;

/// <summary>
/// A durable, append-only log in a directory of its own: an append completes when its record is on disk. Many appends share one flush (group commit): while one
/// is under way the next batch gathers. One process has it open; within it, everything may be called from everywhere.
/// </summary>
public sealed class DurableLog : IAsyncDisposable
{
    private readonly string _directory;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly FileLock _lock;
    private readonly SegmentSet _segments;
    private readonly Lock _gate = new();
    private readonly LogWriter _writer;
    private int _closed;

    private DurableLog(string directory, LogOptions options, TimeProvider time, FileLock held, LogOpening opening, ImmutableArray<Segment> segments)
    {
        (_directory, _options, _time, _lock, Opening, _segments) = (directory, options, time, held, opening, new(segments));
        _writer = new(directory, options, time, _segments, _gate);
    }

    /// <summary>What was found when it was opened.</summary>
    public LogOpening Opening { get; }

    /// <summary>Records that retention has removed, by their offsets: from, and the first that is still there. Called by the log's writer; must not block.</summary>
    public Action<long, long> Dropped
    {
        get => _segments.Dropped;
        set => _segments.Dropped = value;
    }

    /// <summary>Offset of the oldest record that is there; equal to <see cref="Next"/> when there is none.</summary>
    public long First => _segments.First;

    /// <summary>Offset of the record that will be stored next; all before it are on disk.</summary>
    public long Next => _writer.Next;

    /// <summary>Of all segments, heads included.</summary>
    public long Bytes => _segments.Bytes;

    /// <summary>Opens the log, or makes it. What a crash left behind the last whole record is put aside beside the segment, and told of in <see cref="Opening"/>.</summary>
    /// <exception cref="LogInUseException">Another process has it open.</exception>
    public static DurableLog Open(string directory, LogOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var held = FileLock.TryAcquire(Path.Combine(directory, "lock")) ?? throw new LogInUseException($"another process has the log {directory} open");
        try
        {
            var (segments, opening) = Recovery.Run(directory, options, time);
            return new(directory, options, time, held, opening, segments);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Completes with the record's offset when it is on disk. The memory may be used again as soon as this returns.</summary>
    /// <exception cref="LogFullException">The log or the disk has no room. Nothing of the record was kept.</exception>
    /// <exception cref="LogBrokenException">The disk failed; the log must be opened again.</exception>
    public Task<long> AppendAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload, CancellationToken token) =>
        _writer.AppendAsync(new[] { new LogEntry(key, headers, payload) }, token);

    /// <summary>Several at once, all or none of them, with nothing in between; completes with the offset of the first. At least one.</summary>
    /// <inheritdoc cref="AppendAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public Task<long> AppendAsync(ReadOnlyMemory<LogEntry> entries, CancellationToken token) => _writer.AppendAsync(entries, token);

    /// <summary>From a record, or from the oldest that is there, to the newest of this moment.</summary>
    /// <exception cref="LogDamagedException">While it is enumerated: a record is not what was written. Read on from where the exception says.</exception>
    public IEnumerable<LogRecord> Read(long from)
    {
        var end = Next;
        while (from < end && _segments.Holding(from) is { } segment)
        {
            var reader = new SegmentReader(segment, _options.MaxRecordBytes);
            foreach (var record in Through(reader, Math.Max(from, segment.First)))
            {
                if (record.Offset >= end)
                {
                    yield break;
                }

                yield return record;
                from = record.Offset + 1;
            }

            from = Math.Max(from, segment.End);
        }
    }

    /// <summary>From a record on, and then each as it is stored, until cancelled.</summary>
    public async IAsyncEnumerable<LogRecord> FollowAsync(long from, [EnumeratorCancellation] CancellationToken token)
    {
        while (true)
        {
            foreach (var record in Read(from))
            {
                yield return record;
                from = record.Offset + 1;
            }

            from = Math.Max(from, First);
            await PastAsync(from, token);
        }
    }

    /// <summary>Completes when a record is stored that has this offset or a later one.</summary>
    public async Task PastAsync(long offset, CancellationToken token)
    {
        while (true)
        {
            var grown = _writer.Grown;
            if (Next > offset)
            {
                return;
            }

            await grown.WaitAsync(token);
        }
    }

    /// <summary>A position that survives, e.g. how far a consumer has come.</summary>
    public LogGroup Group(string name) => LogGroup.Open(Path.Combine(_directory, "groups"), name);

    /// <summary>Removes what nobody needs any more: the segments that end at or before this offset, never the one that is written.</summary>
    public void TrimBefore(long offset)
    {
        lock (_gate)
        {
            _segments.DropBefore(offset);
        }
    }

    /// <summary>Removes what has become too old. Also done with each new segment; call it now and then for a log that rests.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            _segments.DropOld(_options, _time.GetUtcNow());
        }
    }

    /// <summary>What was appended is stored first.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            await _writer.DisposeAsync();
            _segments.Dispose();
            _lock.Dispose();
        }
    }

    private static IEnumerable<LogRecord> Through(SegmentReader reader, long from)
    {
        if (!TrySeek(reader, from))
        {
            yield break;
        }

        while (TryNext(reader) is { } record)
        {
            yield return record;
        }
    }

    /// <summary>Retention may take a segment from under a reader; that is an end, not a fault: the next offset that it sees tells.</summary>
    private static bool TrySeek(SegmentReader reader, long from)
    {
        try
        {
            reader.Seek(from);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static LogRecord? TryNext(SegmentReader reader)
    {
        try
        {
            return reader.Next();
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
