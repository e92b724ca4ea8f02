using System.Collections.Immutable;
using System.Text.Json;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Planning;

namespace Mainstay.Simulation.Tests.World;

/// <summary>The journal as rollouts write it: the daemon may die on either side of each record, and the place says which.</summary>
internal sealed class SimRolloutJournal(IJournal journal, Life life) : IJournal
{
    private RolloutRecord? _last;

    public ImmutableSortedDictionary<string, string> Read(string kind) => journal.Read(kind);

    public void Commit(JournalBatch batch)
    {
        var record = RecordOf(batch)!;
        var place = Place(record);
        life.Pass($"before the journal: {place}");
        journal.Commit(batch);
        _last = record;
        life.Pass($"after the journal: {place}");
    }

    /// <summary>Null when the batch is about something else.</summary>
    public static RolloutRecord? RecordOf(JournalBatch batch) =>
        batch.Puts.Where(p => p.Kind == "rollout").Select(p => JsonSerializer.Deserialize(p.Json, RolloutJson.Default.RolloutRecord)).SingleOrDefault();

    public static RolloutMaterial? MaterialOf(JournalBatch batch) =>
        batch.Puts.Where(p => p.Kind == "rollout.material").Select(p => JsonSerializer.Deserialize(p.Json, RolloutJson.Default.RolloutMaterial)).SingleOrDefault();

    public ImmutableArray<JournalEvent> Events(long afterId, int limit) => journal.Events(afterId, limit);

    public void Dispose() => journal.Dispose();

    /// <summary>For example <c>Roll Going</c>: the last step that is not as it was.</summary>
    private string Place(RolloutRecord record)
    {
        if (record.HasEnded)
        {
            return record.Phase.ToString();
        }

        var known = _last?.Number == record.Number ? _last.Steps : [];
        return string.Join(", ", record.Steps.Where((s, i) => s.State is not StepState.Pending && (i >= known.Length || known[i].State != s.State)).Select(s => $"{s.Kind} {s.State}"));
    }
}
