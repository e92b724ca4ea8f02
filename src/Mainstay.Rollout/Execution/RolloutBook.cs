using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mainstay.Contracts.Rollouts;
using Mainstay.Journal;
using Mainstay.Rollout.Planning;

namespace Mainstay.Rollout.Execution;

/// <summary>What the journal keeps of rollouts: the last ones, newest last, and for each what it worked with.</summary>
internal sealed class RolloutBook(IJournal journal)
{
    /// <summary>So many rollouts are remembered, and can be reported on.</summary>
    private const int Kept = 100;

    private const string Records = "rollout";
    private const string Materials = "rollout.material";

    private readonly Lock _gate = new();
    private ImmutableSortedDictionary<long, RolloutRecord> _rollouts = ImmutableSortedDictionary<long, RolloutRecord>.Empty;

    /// <summary>Reads everything again. Throws <see cref="JournalException"/> when it cannot be understood; nothing is lost then.</summary>
    public void Open()
    {
        var read = journal.Read(Records).Values.Select(json => Parse(json, RolloutJson.Default.RolloutRecord)).ToImmutableSortedDictionary(r => r.Number, r => r);
        lock (_gate)
        {
            _rollouts = read;
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
                return _rollouts.IsEmpty ? 1 : _rollouts.Keys.Max() + 1;
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
        new(0, now, kind, null, null, string.Create(CultureInfo.InvariantCulture, $"rollout {rollout.Number} {Phrase(rollout.Phase)}: {rollout.Because}"));

    private static string Phrase(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Preparing => "prepares",
        RolloutPhase.Rolling => "rolls",
        RolloutPhase.Baking => "bakes",
        RolloutPhase.Undoing => "goes back",
        RolloutPhase.Succeeded => "succeeded",
        RolloutPhase.Failed => "failed and changed nothing",
        RolloutPhase.RolledBack => "was rolled back",
        RolloutPhase.Broken => "could not be proven to be back",
    };

    private static string Key(long number) => number.ToString("D10", CultureInfo.InvariantCulture);

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
