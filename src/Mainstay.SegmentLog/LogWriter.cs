namespace Mainstay.SegmentLog;

/// <summary>
/// Everything that is appended goes through here: what comes while a flush is under way gathers, and shares the next one (group commit). Order is that of the calls, also for those that wait for room.
/// </summary>
internal sealed class LogWriter : IAsyncDisposable
{
    private readonly string _directory;
    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly SegmentSet _segments;
    private readonly Lock _gate;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Queue<Waiter> _waiting = [];
    private readonly Task _writing;
    private Batch _gathering = new();
    private TaskCompletionSource _grown = NewSignal();
    private long _pending;
    private long _next;
    private Exception? _broken;
    private bool _isClosed;

    /// <param name="gate">Guards the segments, too: whoever changes them holds it.</param>
    public LogWriter(string directory, LogOptions options, TimeProvider time, SegmentSet segments, Lock gate)
    {
        (_directory, _options, _time, _segments, _gate) = (directory, options, time, segments, gate);
        _next = segments.Written.End;
        _writing = Task.Run(WriteAsync);
    }

    public long Next => Volatile.Read(ref _next);

    /// <summary>Completes at the next batch that is stored or has failed.</summary>
    public Task Grown => Volatile.Read(ref _grown).Task;

    public Task<long> AppendAsync(ReadOnlyMemory<LogEntry> entries, CancellationToken token)
    {
        var size = 0;
        foreach (var entry in entries.Span)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Key.Length, ushort.MaxValue);
            ArgumentOutOfRangeException.ThrowIfGreaterThan((long)entry.Key.Length + entry.Headers.Length + entry.Payload.Length, _options.MaxRecordBytes);
            size = checked(size + entry.StoredBytes);
        }

        ArgumentOutOfRangeException.ThrowIfZero(size);
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
                return GatherAsync(size, entries.Span);
            }

            var waiter = new Waiter([.. entries.ToArray().Select(e => e.Copy())], size);
            _waiting.Enqueue(waiter);
            return waiter.StoredAsync(token);
        }
    }

    /// <summary>What was appended is stored first.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _wanted.Release();
        await _writing;
        _wanted.Dispose();
    }

    private Exception? Refusal(int size) => _broken is { } fault
        ? Broken(fault)
        : _options.WhenFull is FullPolicy.Reject && _segments.Bytes + _pending + size > _options.MaxBytes
            ? new LogFullException(FormattableString.Invariant($"the log {_directory} has {_segments.Bytes + _pending} bytes of the {_options.MaxBytes} that it may have"))
            : null;

    private bool HasRoom(int size) => _pending == 0 || _pending + size <= _options.MaxPendingBytes;

    private Task<long> GatherAsync(int size, ReadOnlySpan<LogEntry> entries)
    {
        _pending += size;
        var first = _gathering.Count == 0;
        var stored = _gathering.AddAsync(_time.GetUtcNow().ToUnixTimeMilliseconds(), entries);
        if (first)
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
            if (!waiter.HasLeft)
            {
                waiter.Admit(Refusal(waiter.Size) is { } refusal ? Task.FromException<long>(refusal) : GatherAsync(waiter.Size, waiter.Entries.Span));
            }
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
            throw Broken(before);
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

    private LogBrokenException Broken(Exception fault) => new($"the log {_directory} is closed to appends since the disk failed: {fault.Message}", fault);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
