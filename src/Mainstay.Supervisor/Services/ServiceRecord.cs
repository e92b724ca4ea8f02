using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Services;

internal enum ServiceWish
{
    Down,
    Up,

    /// <summary>No longer in the manifest: stop it, then forget it.</summary>
    Gone,
}

internal enum LaneRole
{
    /// <summary>The slot's instance.</summary>
    Current,

    /// <summary>Started by a reload; takes the slot over when it is ready, or is removed.</summary>
    Successor,

    /// <summary>On its way out; removed once its process has ended.</summary>
    Retiring,
}

/// <summary>One instance of a service: a slot (index) has one current lane, and during a reload a successor or a retiring one beside it.</summary>
/// <param name="Key">Unique in the home for ever, e.g. <c>api-1#4</c>.</param>
/// <param name="Index">The slot, from 0.</param>
/// <param name="Release">The number of the release that it runs.</param>
internal sealed record LaneRecord(string Key, int Index, LaneRole Role, int Release);

/// <summary>What a process of the service is made of. A change of policy is written into the release; a change of process makes a new one.</summary>
/// <param name="Revision">Equal for equal processes; see <see cref="Spec.Diff.Revision"/>.</param>
/// <param name="Name">What users and the process read; see <see cref="AppliedService.Release"/>.</param>
internal sealed record ReleaseRecord(int Number, string Revision, string Name, ServiceSpec Spec, ImmutableSortedDictionary<string, string> Environment);

internal enum ReloadStage
{
    /// <summary>Decided, and waits for what it depends on to be settled.</summary>
    Pending,

    Going,

    /// <summary>The new release failed; what it replaced comes back.</summary>
    Undoing,
}

/// <summary>A service on its way from one release to another.</summary>
/// <param name="To">What every slot shall run; while undoing, the release from before.</param>
/// <param name="Operation">The operation that asked.</param>
/// <param name="Pace">Null: slot by slot.</param>
internal sealed record ReloadRecord(int To, ReloadStage Stage, long Operation, string Because, PaceRecord? Pace = null)
{
    public int Batch => Pace?.Batch ?? 1;

    public bool IsGated => Pace is { Gated: true };

    public bool IsInsistent => Pace is { Insistent: true };

    public bool MayTakeOver(string successor) => Pace is not { Gated: true } pace || pace.Passed.Contains(successor);
}

/// <summary>How a reload walks over the slots.</summary>
/// <param name="Batch">So many slots get a successor at once; those that must make way first, no more than the manifest lets be away.</param>
/// <param name="Gated">Successors that are ready wait beside what serves until somebody has judged them; then the whole batch takes over in one step.</param>
/// <param name="Passed">Keys of the successors that were judged well.</param>
/// <param name="Insistent">The way back of a rollout: it waits for no dependency, and what it goes back to stays wanted also when it does not start at once.</param>
/// <param name="Failures">Successors that an insistent reload has lost so far.</param>
internal sealed record PaceRecord(int Batch, bool Gated, ImmutableArray<string> Passed, bool Insistent = false, int Failures = 0);

/// <summary>Between the first instances of a service and their first request.</summary>
internal enum FirstGate
{
    /// <summary>Nobody judges it, or somebody has.</summary>
    Open,

    /// <summary>They are started, and wait for their judgement.</summary>
    Closed,

    /// <summary>They were judged well; it opens when all of them are seen to be good still.</summary>
    Opening,
}

/// <summary>How the last reload of a service ended, when it ended badly.</summary>
internal sealed record SetbackRecord(long Operation, bool Skipped, string Because);

/// <summary>Everything that the journal keeps of one service. Written whole, in one batch with whatever changes together with it.</summary>
/// <param name="Release">The number of the release that is wanted; a reload changes it at its good end only.</param>
/// <param name="Count">Instances wanted.</param>
/// <param name="Stamp">Number of the last explicit start; instances follow it once.</param>
/// <param name="OnTrial">A rollout still judges the release: should it fall, another one comes at once, so requests are worth holding even for a crash.</param>
/// <param name="Gate">Of a service that a rollout has brought where nothing served.</param>
/// <param name="RestartStamp">Instances with an older stamp than this have their process replaced.</param>
internal sealed record ServiceRecord(
    ServiceName Name,
    ServiceWish Wish,
    int Release,
    int Count,
    int Stamp,
    int RestartStamp,
    int NextLane,
    int NextRelease,
    ImmutableArray<LaneRecord> Lanes,
    ImmutableArray<ReleaseRecord> Releases,
    ReloadRecord? Reload,
    SetbackRecord? Setback,
    long Operation,
    string Because,
    bool OnTrial = false,
    FirstGate Gate = FirstGate.Open)
{
    /// <summary>A rollout has yet to judge it: its instances are candidates and get no ordinary request.</summary>
    public bool IsUnproven => Gate is not FirstGate.Open;

    public static string Wants(int count) => count == 1 ? "1 instance is wanted" : FormattableString.Invariant($"{count} instances are wanted");

    public ReleaseRecord Wanted => Find(Release);

    /// <summary>What the service is now; until a reload has arrived, as it was before.</summary>
    public ServiceSpec Spec => Find(Release).Spec;

    public ReleaseRecord Find(int release) => Releases.First(r => r.Number == release);

    public LaneRecord? Current(int index) => Lanes.FirstOrDefault(l => l.Index == index && l.Role is LaneRole.Current);

    /// <summary>The record without releases that nothing refers to any more.</summary>
    public ServiceRecord Tidy()
    {
        var kept = Releases.RemoveAll(r => r.Number != Release && r.Number != Reload?.To && !Lanes.Any(l => l.Release == r.Number));
        return kept.Length == Releases.Length ? this : this with { Releases = kept };
    }

    public ServiceRecord WithLane(string key, Func<LaneRecord, LaneRecord> change) =>
        this with { Lanes = [.. Lanes.Select(l => l.Key == key ? change(l) : l)] };

    public ServiceRecord AddLane(int index, LaneRole role, int release) => this with
    {
        Lanes = Lanes.Add(new($"{Name}-{index + 1}#{NextLane}", index, role, release)),
        NextLane = NextLane + 1,
    };
}
