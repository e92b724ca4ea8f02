using System.Collections.Immutable;
using Mainstay.Journal;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The disk: what was committed stays, what was not is not there. A daemon can be killed on either side of a write, and the disk can be full.</summary>
internal sealed class SimJournal
{
    private ImmutableSortedDictionary<(string Kind, string Key), string> _records = ImmutableSortedDictionary<(string Kind, string Key), string>.Empty;

    public bool IsFull { get; set; }

    /// <summary>A planted bug: records that this accepts are not written.</summary>
    public Func<JournalPut, bool> Loses { get; set; } = _ => false;

    /// <summary>Somebody listens to what is on the disk from now on.</summary>
    public Action<JournalBatch> Heard { get; set; } = _ => { };

    public IEnumerable<((string Kind, string Key) Key, string Json)> Records => _records.Select(r => (r.Key, r.Value));

    public IJournal For(Life life) => new Opened(this, life);

    private sealed class Opened(SimJournal journal, Life life) : IJournal
    {
        public ImmutableSortedDictionary<string, string> Read(string kind)
        {
            life.Pass("read");
            return journal._records.Where(r => r.Key.Kind == kind).ToImmutableSortedDictionary(r => r.Key.Key, r => r.Value, StringComparer.Ordinal);
        }

        public void Commit(JournalBatch batch)
        {
            life.Pass("before commit");
            if (journal.IsFull)
            {
                throw new JournalException("no space left on device");
            }

            journal._records = journal._records
                .SetItems(batch.Puts.Where(p => !journal.Loses(p)).Select(p => KeyValuePair.Create((p.Kind, p.Key), p.Json)))
                .RemoveRange(batch.Deletes.Select(d => (d.Kind, d.Key)));
            journal.Heard(batch);
            life.Pass("after commit");
        }

        public ImmutableArray<JournalEvent> Events(long afterId, int limit) => [];

        public void Dispose()
        {
        }
    }
}
