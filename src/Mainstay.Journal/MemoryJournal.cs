using System.Collections.Immutable;

namespace Mainstay.Journal;

/// <summary>A journal without a disk, for simulations: the same promises, and faults on request.</summary>
public sealed class MemoryJournal : IJournal
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> _records = ImmutableDictionary<string, ImmutableSortedDictionary<string, string>>.Empty;
    private ImmutableQueue<JournalEvent> _events = [];
    private int _eventCount;
    private long _lastId;

    /// <summary>The next <see cref="Commit"/> throws and changes nothing, as a full disk would make it; then this is false again.</summary>
    public bool FailNextCommit { get; set; }

    /// <summary>Batches committed so far.</summary>
    public int Commits { get; private set; }

    /// <summary>What a daemon that was killed now would leave to the next one. The two share nothing.</summary>
    public MemoryJournal Clone()
    {
        lock (_gate)
        {
            return new() { _records = _records, _events = _events, _eventCount = _eventCount, _lastId = _lastId };
        }
    }

    public ImmutableSortedDictionary<string, string> Read(string kind)
    {
        lock (_gate)
        {
            return Of(kind);
        }
    }

    public void Commit(JournalBatch batch)
    {
        lock (_gate)
        {
            if (FailNextCommit)
            {
                FailNextCommit = false;
                throw new JournalException("the journal in memory could not be written: told to fail. fix: none, this is a test");
            }

            foreach (var put in batch.Puts)
            {
                _records = _records.SetItem(put.Kind, Of(put.Kind).SetItem(put.Key, put.Json));
            }

            foreach (var delete in batch.Deletes)
            {
                _records = _records.SetItem(delete.Kind, Of(delete.Kind).Remove(delete.Key));
            }

            foreach (var e in batch.Events)
            {
                _events = _events.Enqueue(e with { Id = ++_lastId, At = e.At.ToUniversalTime(), Because = JournalLimits.Cut(e.Because) });
                _eventCount++;
            }

            for (; _eventCount > JournalLimits.Events; _eventCount--)
            {
                _events = _events.Dequeue();
            }

            Commits++;
        }
    }

    public ImmutableArray<JournalEvent> Events(long afterId, int limit)
    {
        lock (_gate)
        {
            return [.. _events.Where(e => e.Id > afterId).TakeLast(Math.Max(0, limit))];
        }
    }

    public void Dispose()
    {
    }

    private ImmutableSortedDictionary<string, string> Of(string kind) =>
        _records.GetValueOrDefault(kind) ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
