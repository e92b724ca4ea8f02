using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>
/// The records that are not safe yet, in their order: those that were sent to the broker and are not confirmed, and behind them those that wait. While the way is direct, a record goes to the broker in the very
/// call that brings it. Used from everywhere.
/// </summary>
/// <param name="refused">The broker will never take this record.</param>
internal sealed class OutboxQueue(OutboxOptions options, StoreTimes times, Action wake, Action<StreamRecord, string> refused)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<OutboxEntry> _waiting = [];
    private readonly Queue<OutboxEntry> _sent = [];
    private IBrokerSession? _direct;
    private long _waitingBytes;
    private long _takenBytes;
    private long _sentBytes;
    private long _confirmed;

    /// <summary>Records that the broker confirmed on the direct way.</summary>
    public long Confirmed => Volatile.Read(ref _confirmed);

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count == 0 && _sent.Count == 0;
            }
        }
    }

    /// <summary>Null when too much waits already for somebody who cannot be paused.</summary>
    public OutboxEntry? Add(StreamRecord record, bool canWait)
    {
        var entry = new OutboxEntry(record, times);
        lock (_gate)
        {
            if (_direct is { } session && _waiting.Count == 0 && _sentBytes < options.UnconfirmedBytes)
            {
                Send(entry, session);
                return entry;
            }

            if (!canWait && _waitingBytes + _takenBytes + entry.Bytes > options.WaitingBytes)
            {
                return null;
            }

            _waiting.AddLast(entry);
            _waitingBytes += entry.Bytes;
        }

        wake();
        return entry;
    }

    /// <summary>From now on records go to the broker at once, behind those that wait.</summary>
    public void OpenDirect(IBrokerSession session)
    {
        lock (_gate)
        {
            _direct = session;
        }
    }

    /// <summary>From now on records wait; what the broker has not confirmed waits in front.</summary>
    public void CloseDirect()
    {
        lock (_gate)
        {
            _direct = null;
            List<OutboxEntry> unsettled = [.. _sent.Where(e => !e.IsSettled)];
            _sent.Clear();
            _sentBytes = 0;
            Prepend(unsettled);
        }
    }

    /// <summary>Sends what waits, as far as there is room on the way. True when it sent something.</summary>
    public bool SendWaiting()
    {
        lock (_gate)
        {
            var any = false;
            while (_direct is { } session && _waiting.Count > 0 && _sentBytes < options.UnconfirmedBytes)
            {
                Send(TakeFirst(), session);
                any = true;
            }

            return any;
        }
    }

    /// <summary>The first that wait, up to a number of bytes and one beyond. They count as waiting until <see cref="Done"/> or <see cref="PutBack"/>: else there would be room where there is none.</summary>
    public List<OutboxEntry> Take(int maxBytes)
    {
        var batch = new List<OutboxEntry>();
        lock (_gate)
        {
            for (var bytes = 0; bytes < maxBytes && _waiting.Count > 0; bytes += batch[^1].Bytes)
            {
                batch.Add(TakeFirst());
                _takenBytes += batch[^1].Bytes;
            }
        }

        return batch;
    }

    /// <summary>What was taken is safe.</summary>
    public void Done()
    {
        lock (_gate)
        {
            _takenBytes = 0;
        }
    }

    /// <summary>What was taken goes in front of all that wait.</summary>
    public void PutBack(List<OutboxEntry> entries)
    {
        lock (_gate)
        {
            _takenBytes = 0;
            Prepend(entries);
        }
    }

    private void Prepend(List<OutboxEntry> entries)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            _waiting.AddFirst(entries[i]);
            _waitingBytes += entries[i].Bytes;
        }
    }

    /// <summary>The process ends.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            foreach (var entry in _sent.Concat(_waiting).Where(e => !e.IsSettled))
            {
                entry.Abandon();
            }

            _sent.Clear();
            _waiting.Clear();
        }
    }

    private OutboxEntry TakeFirst()
    {
        var first = _waiting.First!.Value;
        _waiting.RemoveFirst();
        _waitingBytes -= first.Bytes;
        return first;
    }

    private void Send(OutboxEntry entry, IBrokerSession session)
    {
        _sent.Enqueue(entry);
        _sentBytes += entry.Bytes;
        _ = ConfirmAsync(entry, session);
    }

    /// <summary>Never fails. When the session ends, <see cref="CloseDirect"/> takes back what is not settled.</summary>
    private async Task ConfirmAsync(OutboxEntry entry, IBrokerSession session)
    {
        try
        {
            await session.AppendAsync(entry.Record).ConfigureAwait(false);
            Interlocked.Increment(ref _confirmed);
            entry.Settle(StoredAt.Broker);
        }
        catch (RecordRefusedException e)
        {
            refused(entry.Record, e.Message);
            entry.Fail(e);
        }
        catch (BrokerDownException)
        {
            wake();
            return;
        }

        Settled();
    }

    private void Settled()
    {
        bool more;
        lock (_gate)
        {
            while (_sent.TryPeek(out var first) && first.IsSettled)
            {
                _sent.Dequeue();
                _sentBytes -= first.Bytes;
            }

            more = _waiting.Count > 0 || _sent.Count == 0;
        }

        if (more)
        {
            wake();
        }
    }
}
