using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Services;

internal enum VerdictKind
{
    Going,
    Done,
    Failed,

    /// <summary>Nothing was done to it, because something that it depends on failed.</summary>
    Skipped,
}

/// <summary>Whether a service has arrived at what was asked of it.</summary>
/// <param name="Lane">The instance that decided a failure, when one did.</param>
internal sealed record ServiceVerdict(VerdictKind Kind, string Because, LaneSeen? Lane = null)
{
    /// <param name="record">Null when the service has been forgotten.</param>
    /// <param name="operation">The operation that asks: setbacks of earlier ones are not its own.</param>
    public static ServiceVerdict Of(ServiceRecord? record, ServiceSeen seen, long operation) => record switch
    {
        null => new(VerdictKind.Done, "it is gone"),
        { Wish: ServiceWish.Gone } => new(VerdictKind.Going, "it is being stopped"),
        { Wish: ServiceWish.Down } => OfStop(record, seen),
        { Wish: ServiceWish.Up, Reload: not null } when ServicePlanner.IsAtGate(record, seen) => new(VerdictKind.Done, "its candidates are ready"),
        { Wish: ServiceWish.Up, Reload: not null } => new(VerdictKind.Going, record.Because),
        { Wish: ServiceWish.Up } when seen.Lanes.Any(l => l.Lane.Role is not LaneRole.Current && !StaysForCalls(record, l)) => new(VerdictKind.Going, record.Because),
        { Wish: ServiceWish.Up, Setback: { } setback } when setback.Operation == operation => new(setback.Skipped ? VerdictKind.Skipped : VerdictKind.Failed, setback.Because),
        { Wish: ServiceWish.Up } => OfStart(record, seen),
    };

    /// <summary>It has been told to go, and goes when its last call has ended: nobody waits for that.</summary>
    private static bool StaysForCalls(ServiceRecord record, LaneSeen lane) =>
        lane is { Lane.Role: LaneRole.Retiring, State.Phase: InstancePhase.Stopping } && record.Find(lane.Lane.Release).Spec.Kind is ServiceKind.Ingest;

    private static ServiceVerdict OfStop(ServiceRecord record, ServiceSeen seen) =>
        seen.Lanes.FirstOrDefault(l => l.State.HasProcess || l.State.Wish is Wish.Up) is { } lane
            ? new(VerdictKind.Going, lane.State.Because, lane)
            : new(VerdictKind.Done, record.Because);

    private static ServiceVerdict OfStart(ServiceRecord record, ServiceSeen seen)
    {
        var current = seen.Lanes.Where(l => l.Lane.Role is LaneRole.Current).ToList();
        if (current.Count < record.Count)
        {
            return new(VerdictKind.Going, record.Because);
        }

        // An instance that has not yet heard of this start shows how the one before it went.
        if (current.All(l => l.IsGood && l.State.Follows(record.Stamp)))
        {
            return new(record.Gate is FirstGate.Opening ? VerdictKind.Going : VerdictKind.Done, record.Because);
        }

        if (current.FirstOrDefault(l => !l.State.Follows(record.Stamp) || (!l.IsGood && !l.HasFailed)) is { } undecided)
        {
            return undecided.State.Phase is InstancePhase.Waiting && seen.Dependencies.Failed is { } failed
                ? new(VerdictKind.Skipped, failed, undecided)
                : new(VerdictKind.Going, undecided.State.Because, undecided);
        }

        var lane = current.First(l => l.HasFailed);
        return new(VerdictKind.Failed, lane.State.Cause ?? lane.State.Because, lane);
    }
}
