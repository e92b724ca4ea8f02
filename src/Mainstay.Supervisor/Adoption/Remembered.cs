using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Journal;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Supervisor.Adoption;

/// <summary>The journal's records, read once at the start.</summary>
internal sealed record Remembered(StackRecord Stack, ImmutableArray<ServiceRecord> Services, ImmutableSortedDictionary<string, InstanceRecord> Instances)
{
    /// <summary>The newest moment that any record knows of.</summary>
    public TimeSpan Newest => Instances.Values.SelectMany(i => i.State.Exits.Append(i.State.StartedAt).Append(i.State.ReadyAt)).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>Throws <see cref="JournalException"/> when a record cannot be understood: the journal is then left as it is.</summary>
    public static Remembered Read(IJournal journal) => new(
        journal.Read(RecordKind.Home).GetValueOrDefault("stack") is { } stack ? SupervisorJson.Parse(stack, SupervisorJson.Default.StackRecord) : new(null, 0),
        [.. journal.Read(RecordKind.Service).Values.Select(json => SupervisorJson.Parse(json, SupervisorJson.Default.ServiceRecord))],
        journal.Read(RecordKind.Instance).ToImmutableSortedDictionary(r => r.Key, r => SupervisorJson.Parse(r.Value, SupervisorJson.Default.InstanceRecord), StringComparer.Ordinal));

    public InstanceRecord Find(string lane, bool isNewBoot)
    {
        var known = Instances.GetValueOrDefault(lane) ?? InstanceRecord.Initial;
        return isNewBoot ? known with { State = AfterBoot(known.State), RunId = null, Process = null } : known;
    }

    /// <summary>Records of lanes that no service has: the daemon died between the two writes that would have removed them.</summary>
    public ImmutableArray<JournalDelete> Strays() =>
        [.. Instances.Keys.Where(key => !Services.Any(s => s.Lanes.Any(l => l.Key == key))).Select(key => new JournalDelete(RecordKind.Instance, key))];

    /// <summary>The host went down, and every process with it: nobody's fault, so nothing counts. Starts follow the dependencies as on the first day; a brake stays a brake.</summary>
    private static InstanceState AfterBoot(InstanceState state)
    {
        const string Because = "the host was started again";
        return state.HasProcess
            ? state with
            {
                Phase = state.Wish is Wish.Up ? InstancePhase.Waiting : InstancePhase.Stopped,
                Health = Health.Unknown,
                Ending = EndReason.None,
                Killed = false,
                Planned = false,
                Ready = false,
                Due = null,
                Because = Because,
            }
            : state;
    }
}
