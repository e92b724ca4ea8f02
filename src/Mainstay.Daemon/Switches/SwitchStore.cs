using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Api;
using Mainstay.Daemon.Lifecycle;
using Mainstay.Journal;
using Mainstay.Spec.Model;
using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Switches;

/// <summary>How somebody has set a switch.</summary>
internal sealed record SwitchRecord(bool On, string By, string? Reason, DateTimeOffset At, DateTimeOffset? Until);

/// <summary>What was set, on disk before it counts. A switch that nobody has set is as the manifest has it, and has no record.</summary>
internal sealed class SwitchStore(IJournal journal, TimeProvider clock, ILogger<SwitchStore> logger)
{
    private const string Kind = "switch";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SwitchRecord> _records = journal.Read(Kind)
        .ToDictionary(p => p.Key, p => JsonSerializer.Deserialize(p.Value, SwitchJson.Default.SwitchRecord)!, StringComparer.Ordinal);

    public ImmutableArray<SwitchStatus> All(ImmutableArray<SwitchSpec> declared)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            return [.. declared.Select(s => Status(s, _records.GetValueOrDefault(s.Name), now))];
        }
    }

    /// <summary>The next moment at which one is as its default again; null: there is none.</summary>
    public DateTimeOffset? NextEnd()
    {
        lock (_gate)
        {
            return _records.Values.Min(r => r.Until);
        }
    }

    /// <exception cref="JournalException">It could not be written, and nothing has changed.</exception>
    public void Set(string name, SwitchRecord record, string because)
    {
        lock (_gate)
        {
            journal.Commit(new([new(Kind, name, JsonSerializer.Serialize(record, SwitchJson.Default.SwitchRecord))], [], [Event(record.On ? "switch.on" : "switch.off", because)]));
            _records[name] = record;
        }
    }

    /// <summary>Those whose time is over.</summary>
    /// <returns>Their names; none when that could not be written: they are as their default all the same, and are looked at again.</returns>
    public ImmutableArray<string> Expire(ImmutableArray<SwitchSpec> declared)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            return Forget(
                [.. _records.Where(r => r.Value.Until <= now).Select(r => r.Key)],
                name => declared.FirstOrDefault(s => s.Name == name) is { } spec ? $"its time is over: {name} is {(spec.Default ? "on" : "off")}, as the manifest has it" : null);
        }
    }

    /// <summary>Forgets those that the manifest does not have any more.</summary>
    public void Keep(ImmutableArray<SwitchSpec> declared)
    {
        lock (_gate)
        {
            Forget([.. _records.Keys.Except(declared.Select(s => s.Name), StringComparer.Ordinal)], name => $"{name} is no longer in the manifest");
        }
    }

    private ImmutableArray<string> Forget(ImmutableArray<string> names, Func<string, string?> because)
    {
        if (names.IsEmpty)
        {
            return names;
        }

        try
        {
            journal.Commit(new([], [.. names.Select(n => new JournalDelete(Kind, n))], [.. names.Select(because).OfType<string>().Select(b => Event("switch.ended", b))]));
        }
        catch (JournalException e)
        {
            // A full disk must not end the daemon for a switch whose time is over.
            logger.SwitchesNotForgotten(string.Join(", ", names), e.Message);
            return [];
        }

        foreach (var name in names)
        {
            _records.Remove(name);
        }

        return names;
    }

    private JournalEvent Event(string kind, string because) => new(0, clock.GetUtcNow(), kind, null, null, because);

    private static SwitchStatus Status(SwitchSpec spec, SwitchRecord? record, DateTimeOffset now) => record is null || record.Until <= now
        ? new(spec.Name, spec.Default, spec.Default, spec.Description, null, null, null, null)
        : new(spec.Name, record.On, spec.Default, spec.Description, record.Reason, record.By, record.At, record.Until);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SwitchRecord))]
internal sealed partial class SwitchJson : JsonSerializerContext;
