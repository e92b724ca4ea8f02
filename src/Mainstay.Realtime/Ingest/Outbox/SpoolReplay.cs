using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>Sends what lies in spools, the oldest spool first, many records at a time, and remembers how far the broker has confirmed. Belongs to the outbox's loop.</summary>
internal sealed class SpoolReplay(OutboxOptions options, Action wake, Action<StreamRecord, string> lost, Action<string> damaged)
{
    private const int ChunkBytes = 1 << 20;

    private readonly List<Spool> _spools = [];
    private readonly Queue<Chunk> _sent = [];
    private long _cursor;

    /// <summary>All spools, the oldest first; the last is the one that is written.</summary>
    public IReadOnlyList<Spool> Spools => _spools;

    public Spool Written => _spools[^1];

    /// <summary>Records that the broker has confirmed.</summary>
    public long Confirmed { get; private set; }

    public bool IsEmpty => _spools.TrueForAll(s => s.IsEmpty);

    public long Left => _spools.Sum(s => s.Left);

    public long Records => _spools.Sum(s => Math.Max(0, s.Log.Next - s.Position));

    /// <summary>A spool that was left behind comes before the one that is written, in the order of their names.</summary>
    public void Insert(Spool spool)
    {
        var at = _spools.FindIndex(s => string.CompareOrdinal(s.Directory, spool.Directory) > 0);
        _spools.Insert(at < 0 ? _spools.Count : at, spool);
        if (at == 0)
        {
            // What was sent of the next one is confirmed or not; nothing of it is sent again because of this.
            _sent.Clear();
            _cursor = spool.Position;
        }
    }

    /// <summary>From now on this one is written.</summary>
    public void Append(Spool spool)
    {
        _spools.Add(spool);
        if (_spools.Count == 1)
        {
            _cursor = spool.Position;
        }
    }

    /// <summary>What was sent and not confirmed is sent again.</summary>
    public void Restart()
    {
        _sent.Clear();
        _cursor = _spools.Count > 0 ? _spools[0].Position : 0;
    }

    /// <summary>Takes note of what was confirmed, and sends as much more as may be on the way. True when it did something.</summary>
    public bool Advance(IBrokerSession session)
    {
        var progressed = Collect();
        while (_spools.Count > 0 && _sent.Sum(c => c.Bytes) < options.UnconfirmedBytes && _cursor < _spools[0].Log.Next)
        {
            var (records, end) = _spools[0].Read(_cursor, ChunkBytes, damaged);
            _cursor = end;
            _sent.Enqueue(new(end, records.Sum(r => r.Body.Length), records.Count, SendAsync(session, records)));
            progressed = true;
        }

        return progressed;
    }

    /// <summary>Writes positions, and closes the spools in front that are empty.</summary>
    public async Task TidyAsync(SpoolFolder folder)
    {
        while (_spools.Count > 1 && _spools[0].IsEmpty)
        {
            var done = _spools[0];
            _spools.RemoveAt(0);
            _sent.Clear();
            _cursor = _spools[0].Position;
            await folder.CloseAsync(done);
        }

        foreach (var spool in _spools)
        {
            spool.Commit();
        }
    }

    /// <summary>Gives up the oldest records of the oldest spool: a segment's worth. False when there is nothing to give up.</summary>
    public bool DropOldest(string because)
    {
        var oldest = _spools[0];
        var (records, end) = oldest.Read(oldest.Position, (int)Math.Min(options.SpoolBytes / 4, 64 << 20), damaged);
        if (end <= oldest.Position)
        {
            return false;
        }

        // First it is so on disk: what is told of as lost must not be sent after all.
        oldest.GiveUp(end);
        records.ForEach(r => lost(r, because));
        Restart();
        oldest.Trim();
        return true;
    }

    private bool Collect()
    {
        var progressed = false;
        while (_sent.TryPeek(out var chunk) && chunk.Sent.IsCompletedSuccessfully)
        {
            _sent.Dequeue();
            _spools[0].Confirm(chunk.End);
            Confirmed += chunk.Count;
            progressed = true;
        }

        return progressed;
    }

    /// <summary>Fails when the session ends before all are confirmed; then they are sent again in the next.</summary>
    private async Task SendAsync(IBrokerSession session, List<StreamRecord> records)
    {
        // All are given to the session before any is waited for.
        var appends = records.ConvertAll(session.AppendAsync);
        try
        {
            for (var i = 0; i < appends.Count; i++)
            {
                try
                {
                    await appends[i].ConfigureAwait(false);
                }
                catch (RecordRefusedException e)
                {
                    lost(records[i], e.Message);
                }
            }
        }
        finally
        {
            wake();
        }
    }

    private sealed record Chunk(long End, int Bytes, int Count, Task Sent);
}
