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
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Task _writing;
    private readonly SegmentSet _segments;
    private Batch _gathering = new();
    private readonly Queue<Waiter> _waiting = [];
    private TaskCompletionSource _grown = NewSignal();
    private long _pending;
    private long _next;
    private Exception? _broken;
    private bool _isClosed;

    private DurableLog(string directory, LogOptions options, TimeProvider time, FileLock held, LogOpening opening, ImmutableArray<Segment> segments)
    {
        (_directory, _options, _time, _lock, Opening, _segments) = (directory, options, time, held, opening, new(segments));
        _next = _segments.Written.End;
        _writing = Task.Run(WriteAsync);
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
    public long Next => Volatile.Read(ref _next);

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
    public Task<long> AppendAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)key.Length + headers.Length + payload.Length, _options.MaxRecordBytes);
        var size = RecordFormat.SizeOf(key.Length, headers.Length, payload.Length);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (Refusal(size) is { } refusal)
            {
                return Task.FromException<long>(refusal);
            }

            // Who comes while others wait, waits behind them: a writer's records keep their order.
            if (_waiting.Count == 0 && HasRoom(size))
            {
                return GatherAsync(size, key.Span, headers.Span, payload.Span);
            }

            var waiter = new Waiter(key.ToArray(), headers.ToArray(), payload.ToArray());
            _waiting.Enqueue(waiter);
            return waiter.StoredAsync(token);
        }
    }

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
            var grown = Volatile.Read(ref _grown);
            if (Next > offset)
            {
                return;
            }

            await grown.Task.WaitAsync(token);
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
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        _wanted.Release();
        await _writing;
        _segments.Dispose();
        _wanted.Dispose();
        _lock.Dispose();
    }

    private Exception? Refusal(int size) => _broken is { } fault
        ? new LogBrokenException($"the log {_directory} is closed to appends since the disk failed: {fault.Message}", fault)
        : _options.WhenFull is FullPolicy.Reject && Bytes + _pending + size > _options.MaxBytes
            ? new LogFullException(FormattableString.Invariant($"the log {_directory} has {Bytes + _pending} bytes of the {_options.MaxBytes} that it may have"))
            : null;

    private bool HasRoom(int size) => _pending == 0 || _pending + size <= _options.MaxPendingBytes;

    private Task<long> GatherAsync(int size, ReadOnlySpan<byte> key, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        _pending += size;
        var stored = _gathering.AddAsync(_time.GetUtcNow().ToUnixTimeMilliseconds(), key, headers, payload);
        if (_gathering.Count == 1)
        {
            _wanted.Release();
        }

        return stored;
    }

    /// <summary>In the order of asking, as many as there is room for.</summary>
    private void AdmitWaiting()
    {
        while (_waiting.TryPeek(out var waiter) && (waiter.HasLeft || HasRoom(waiter.Size)))
        {
            _waiting.Dequeue();
            if (waiter.HasLeft)
            {
                continue;
            }

            waiter.Admit(Refusal(waiter.Size) is { } refusal ? Task.FromException<long>(refusal) : GatherAsync(waiter.Size, waiter.Key.Span, waiter.Headers.Span, waiter.Payload.Span));
        }
    }

    /// <summary>The only writer: it takes what has gathered, writes, flushes, answers, and takes again.</summary>
    private async Task WriteAsync()
    {
        while (true)
        {
            await _wanted.WaitAsync();
            Batch batch;
            lock (_gate)
            {
                if (_gathering.Count == 0)
                {
                    if (_isClosed)
                    {
                        return;
                    }

                    continue;
                }

                (batch, _gathering) = (_gathering, new());
            }

            Store(batch);
        }
    }

    private void Store(Batch batch)
    {
        var first = _next;
        try
        {
            WriteOrTakeBack(batch);
            batch.Stored(first);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            batch.Failed(fault is LogBrokenException ? fault : new LogFullException($"the log {_directory} could not be written: {fault.Message}", fault));
        }
        finally
        {
            TaskCompletionSource grown;
            lock (_gate)
            {
                _pending -= batch.Bytes.Length;
                (grown, _grown) = (_grown, NewSignal());
                AdmitWaiting();
            }

            grown.TrySetResult();
        }
    }

    private void WriteOrTakeBack(Batch batch)
    {
        if (_broken is { } before)
        {
            throw new LogBrokenException($"the log {_directory} is closed to appends since the disk failed: {before.Message}", before);
        }

        var segment = _segments.Written;
        if (segment.Length > Segment.HeadBytes && segment.Length + batch.Bytes.Length > _options.EffectiveSegmentBytes)
        {
            segment = Segment.Create(_directory, _next, _time.GetUtcNow());
            lock (_gate)
            {
                _segments.Add(segment);
            }
        }

        try
        {
            segment.Write(batch.Bytes);
        }
        catch (IOException)
        {
            // Part of it may stand there. It is not readable, and the next write goes over it; but a crash before that must not find it.
            TakeBack(segment);
            throw;
        }

        try
        {
            segment.Flush();
        }
        catch (IOException fault)
        {
            Break(fault);
            throw new LogBrokenException($"the disk failed to keep what the log {_directory} was given: {fault.Message}", fault);
        }

        segment.Commit(batch.Bytes.Length, batch.Count, _time.GetUtcNow());
        Volatile.Write(ref _next, segment.End);
        lock (_gate)
        {
            _segments.Retain(_options, _time.GetUtcNow());
        }
    }

    private void TakeBack(Segment segment)
    {
        try
        {
            segment.Truncate();
        }
        catch (IOException fault)
        {
            Break(fault);
        }
    }

    private void Break(Exception fault)
    {
        lock (_gate)
        {
            _broken = fault;
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
