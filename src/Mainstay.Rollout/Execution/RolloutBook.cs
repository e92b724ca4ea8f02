using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Planning;
using Microsoft.Extensions.Logging;

namespace Mainstay.Rollout.Execution;

/// <summary>What the journal keeps of rollouts: the last ones, newest last, and for each what it worked with.</summary>
internal sealed class RolloutBook(IJournal journal, ILogger logger)
{
    /// <summary>So many rollouts are remembered, and can be reported on.</summary>
    private const int Kept = 100;

    private const string Records = "rollout";
    private const string Materials = "rollout.material";

    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<long, RolloutRecord> _rollouts = ImmutableSortedDictionary<long, RolloutRecord>.Empty;
    private long _highest;

    /// <summary>
    /// Reads everything again. Throws <see cref="JournalException"/> when a rollout under way cannot be understood; nothing is lost then. One that has
    /// ended, told by a newer Mainstay perhaps, is only left out: it stays in the journal, and nobody is to be without services for its sake.
    /// </summary>
    public void Open()
    {
        var kept = journal.Read(Records);
        var read = kept.Values.Select(ParseRecord).OfType<RolloutRecord>().ToImmutableSortedDictionary(r => r.Number, r => r);
        lock (_gate)
        {
            _rollouts = read;
            _highest = kept.Keys.Select(k => long.Parse(k, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
        }
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<RolloutRecord> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _rollouts.Values];
            }
        }
    }

    public long NextNumber
    {
        get
        {
            lock (_gate)
            {
                return _highest + 1;
            }
        }
    }

    public RolloutMaterial? MaterialOf(long number) =>
        journal.Read(Materials).GetValueOrDefault(Key(number)) is { } json ? Parse(json, RolloutJson.Default.RolloutMaterial) : null;

    /// <summary>Before its first step. Throws <see cref="JournalException"/>; there is no rollout then.</summary>
    public void Begin(RolloutRecord rollout, RolloutMaterial material)
    {
        var old = All.Where(r => r.HasEnded).SkipLast(Kept - 1).Select(r => r.Number).ToImmutableArray();
        journal.Commit(new(
            [Put(rollout), new(Materials, Key(rollout.Number), JsonSerializer.Serialize(material, RolloutJson.Default.RolloutMaterial))],
            [.. old.SelectMany(n => new JournalDelete[] { new(Records, Key(n)), new(Materials, Key(n)) })],
            [Event("rollout.begun", rollout, rollout.StartedAt)]));
        lock (_gate)
        {
            _rollouts = _rollouts.RemoveRange(old).SetItem(rollout.Number, rollout);
            _highest = Math.Max(_highest, rollout.Number);
        }
    }

    /// <summary>Throws <see cref="JournalException"/>; the journal then has the record from before.</summary>
    public void Save(RolloutRecord rollout, bool isNews, DateTimeOffset now)
    {
        journal.Commit(new([Put(rollout)], [], isNews ? [Event(rollout.HasEnded ? "rollout.ended" : "rollout.moved", rollout, now)] : []));
        lock (_gate)
        {
            _rollouts = _rollouts.SetItem(rollout.Number, rollout);
        }
    }

    private static JournalPut Put(RolloutRecord rollout) => new(Records, Key(rollout.Number), JsonSerializer.Serialize(rollout, RolloutJson.Default.RolloutRecord));

    private static JournalEvent Event(string kind, RolloutRecord rollout, DateTimeOffset now) =>
        new(0, now, kind, null, null, string.Create(CultureInfo.InvariantCulture, $"rollout {rollout.Number} {RolloutPhrase.Of(rollout)}: {rollout.Because}"));

    private static string Key(long number) => number.ToString("D10", CultureInfo.InvariantCulture);

    private RolloutRecord? ParseRecord(string json)
    {
        try
        {
            return Parse(json, RolloutJson.Default.RolloutRecord);
        }
        catch (JournalException e) when (SaysItEnded(json))
        {
            logger.RolloutLeftOut(e.Message);
            return null;
        }
    }

    private static bool SaysItEnded(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject record && record["ended_at"] is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static T Parse<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JournalException("a rollout in the journal cannot be understood: it is null");
        }
        catch (JsonException e)
        {
            throw new JournalException($"a rollout in the journal cannot be understood: {e.Message}", e);
        }
    }
}
