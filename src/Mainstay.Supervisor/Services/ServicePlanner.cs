using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Services;

/// <summary>
/// What a service needs next, from what is remembered of it and what is seen. No I/O, no clock: a daemon that takes over plans
/// from the journal and goes on where the last one died. Either one change of the record or steps come out, never both: the
/// record is journaled, then planned again. Planning is idempotent; the steps of a settled service are none.
///
/// A reload walks from slot to slot. With a successor first:
///     old serves ──► successor starts ──► ready: the two change roles in one write ──► old drains ──► old stops
/// with one process at a time (a fixed port):
///     requests are held ──► old drains and stops ──► successor starts ──► ready: roles change, requests flow
/// a gated one halts with each batch of successors ready, until it is told that they may take over;
/// and when the successor fails, it is removed, what it should have replaced stays (or is started again while requests are still
/// held), slots that had already changed go back the same way, and the wanted release stays what it was.
/// </summary>
internal static class ServicePlanner
{
    /// <summary>So many processes of a slot may be left over from deploys because calls go on in them; then the next waits.</summary>
    private const int MaxRetiringForCalls = 8;

    /// <summary>So many failed starts in a row, and whoever waits is told. The instance goes on trying behind its brake.</summary>
    public const int StartsBeforeFailure = 3;

    public static ServicePlan Plan(ServiceRecord record, ServiceSeen seen, TimeSpan holdMax)
    {
        var changed = Forget(record, seen)
            ?? RemoveEnded(record, seen)
            ?? Shrink(record)
            ?? Align(record, seen)
            ?? BeginReload(record, seen)
            ?? AdvanceReload(record, seen)
            ?? OpenGate(record, seen)
            ?? FillSlots(record);
        return changed is null
            ? new(record, [.. ServiceSteps.Of(record, seen, holdMax)], record.Because)
            : new(changed.Tidy(), [], changed.Because);
    }

    /// <summary>True for a lane that must make way before its successor can start.</summary>
    public static bool Yields(ServiceRecord record, LaneRecord lane) =>
        record.Reload is { Stage: ReloadStage.Going or ReloadStage.Undoing } reload && ModeOf(record, lane, reload) is ReplaceMode.StopFirst && NextBatch(record, reload).Contains(lane);

    /// <summary>
    /// A gated reload has its batch of successors ready, and waits until somebody lets them take over; or the first instances of a service are, and wait for their
    /// first request.
    /// </summary>
    public static bool IsAtGate(ServiceRecord record, ServiceSeen seen) =>
        (record is { Gate: FirstGate.Closed, Reload: null } && AreAllGood(record, seen))
        || record.Reload is { Stage: ReloadStage.Going, IsGated: true } reload
            && NextBatch(record, reload) is { IsEmpty: false } batch
            && batch.All(old => seen.At(old.Index, LaneRole.Successor) is { IsGood: true } successor && !reload.MayTakeOver(successor.Lane.Key));

    /// <summary>The slots whose turn it is, in order.</summary>
    private static ImmutableArray<LaneRecord> NextBatch(ServiceRecord record, ReloadRecord reload)
    {
        var slots = record.Lanes.Where(l => l.Role is LaneRole.Current && l.Release != reload.To).OrderBy(l => l.Index).ToImmutableArray();
        var away = Math.Max(1, record.Find(reload.To).Spec.Rollout.Deploy.MaxUnavailable);
        var size = slots.Any(l => ModeOf(record, l, reload) is ReplaceMode.StopFirst) ? Math.Min(reload.Batch, away) : reload.Batch;
        return slots.Length <= size ? slots : slots[..size];
    }

    private static ReplaceMode ModeOf(ServiceRecord record, LaneRecord lane, ReloadRecord reload) =>
        Replacing.ModeOf(record.Find(lane.Release).Spec, record.Find(reload.To).Spec);

    private static ServiceRecord? Forget(ServiceRecord record, ServiceSeen seen)
    {
        if (record.Wish is ServiceWish.Up || (record.Reload is null && record.Lanes.All(l => !LeavesNow(record, l))))
        {
            return null;
        }

        return record with
        {
            Reload = null,
            Lanes = [.. record.Lanes.Select(l => LeavesNow(record, l) ? l with { Role = LaneRole.Retiring } : l)],
            Because = record.Wish is ServiceWish.Gone ? "is no longer wanted" : "was stopped",
        };
    }

    private static bool LeavesNow(ServiceRecord record, LaneRecord lane) =>
        lane.Role is LaneRole.Successor || (record.Wish is ServiceWish.Gone && lane.Role is LaneRole.Current);

    private static ServiceRecord? RemoveEnded(ServiceRecord record, ServiceSeen seen)
    {
        var left = record.Lanes.RemoveAll(l => l.Role is LaneRole.Retiring && seen.Find(l.Key) is not { State: { Phase: not InstancePhase.Stopped } or { Wish: Wish.Up } });
        return left.Length == record.Lanes.Length ? null : record with { Lanes = left };
    }

    private static ServiceRecord? Shrink(ServiceRecord record)
    {
        if (!record.Lanes.Any(l => l.Index >= record.Count && l.Role is not LaneRole.Retiring))
        {
            return null;
        }

        return record with
        {
            Lanes = [.. record.Lanes.Select(l => l.Index >= record.Count ? l with { Role = LaneRole.Retiring } : l)],
            Because = ServiceRecord.Wants(record.Count),
        };
    }

    /// <summary>What a broken-off reload left behind: successors that no reload wants, and stopped instances of another release than the wanted one.</summary>
    private static ServiceRecord? Align(ServiceRecord record, ServiceSeen seen)
    {
        var strays = record.Lanes.Where(l => IsStray(record, l, seen)).ToImmutableArray();
        return strays.IsEmpty ? null : record with { Lanes = [.. record.Lanes.Select(l => strays.Contains(l) ? l with { Role = LaneRole.Retiring } : l)] };
    }

    private static bool IsStray(ServiceRecord record, LaneRecord lane, ServiceSeen seen) => lane.Role switch
    {
        LaneRole.Successor => record.Reload is not { Stage: ReloadStage.Going or ReloadStage.Undoing } reload || lane.Release != reload.To,
        LaneRole.Current => record.Reload is null && lane.Release != record.Release && seen.Find(lane.Key) is { State: { Phase: InstancePhase.Stopped, Wish: Wish.Down } },
        LaneRole.Retiring => false,
    };

    private static ServiceRecord? BeginReload(ServiceRecord record, ServiceSeen seen)
    {
        if (record.Reload is not { Stage: ReloadStage.Pending } reload)
        {
            return null;
        }

        if (seen.Dependencies.Failed is { } failed && !reload.IsInsistent)
        {
            return record with { Reload = null, Setback = new(reload.Operation, Skipped: true, failed), Because = $"was not touched: {failed}" };
        }

        if (!seen.Lanes.Any(l => l.Lane.Role is LaneRole.Current && l.IsWorthKeeping))
        {
            return record with
            {
                Release = reload.To,
                Reload = null,
                Setback = null,
                Gate = reload.IsGated ? FirstGate.Closed : FirstGate.Open,
                Lanes = [.. record.Lanes.Select(l => l with { Role = LaneRole.Retiring })],
                Because = $"{reload.Because}; no instance was serving, so the new ones simply start",
            };
        }

        return seen.Dependencies.Unsettled is null || reload.IsInsistent ? record with { Reload = reload with { Stage = ReloadStage.Going }, Because = reload.Because } : null;
    }

    private static ServiceRecord? AdvanceReload(ServiceRecord record, ServiceSeen seen)
    {
        if (record.Reload is not { Stage: ReloadStage.Going or ReloadStage.Undoing } reload)
        {
            return null;
        }

        var batch = NextBatch(record, reload);
        if (batch.IsEmpty)
        {
            return FinishReload(record, reload, seen);
        }

        var successors = batch.Select(old => seen.At(old.Index, LaneRole.Successor)).ToImmutableArray();
        if (successors.FirstOrDefault(s => s is { HasFailed: true }) is { } failed)
        {
            return FailReload(record, reload, failed);
        }

        var ready = successors.OfType<LaneSeen>().Where(s => s.IsGood && reload.MayTakeOver(s.Lane.Key)).Select(s => s.Lane).ToImmutableArray();
        if (reload.IsGated ? ready.Length == batch.Length : !ready.IsEmpty)
        {
            return Promote(record, ready);
        }

        return batch.FirstOrDefault(old => seen.At(old.Index, LaneRole.Successor) is null && MayStartSuccessor(record, old, reload, seen)) is { } slot
            ? record.AddLane(slot.Index, LaneRole.Successor, reload.To)
            : null;
    }

    private static bool MayStartSuccessor(ServiceRecord record, LaneRecord old, ReloadRecord reload, ServiceSeen seen) => ModeOf(record, old, reload) switch
    {
        // A slot never has three processes: one that still drains from the reload before is waited for; but for one that stays for its calls.
        ReplaceMode.SuccessorFirst => record.Lanes.Count(l => l.Index == old.Index && l.Role is LaneRole.Retiring) < MaxRetiring(record.Find(old.Release).Spec),
        ReplaceMode.StopFirst => seen.Find(old.Key) is null or { State: { Phase: InstancePhase.Stopped, Wish: Wish.Down } },
    };

    private static int MaxRetiring(ServiceSpec spec) => spec.Kind is ServiceKind.Ingest ? MaxRetiringForCalls : 1;

    /// <summary>All of them in one write, so that the edge hears of all in one breath.</summary>
    private static ServiceRecord Promote(ServiceRecord record, ImmutableArray<LaneRecord> successors) => record with
    {
        Lanes = [.. record.Lanes.Select(l => !successors.Any(s => s.Index == l.Index) ? l : l.Role switch
        {
            LaneRole.Successor => l with { Role = LaneRole.Current },
            LaneRole.Current or LaneRole.Retiring => l with { Role = LaneRole.Retiring },
        })],
        Because = $"{string.Join(", ", successors.Select(s => $"{record.Name}-{s.Index + 1}"))} {(successors.Length == 1 ? "is served by its successor" : "are served by their successors")}",
    };

    private static ServiceRecord? FinishReload(ServiceRecord record, ReloadRecord reload, ServiceSeen seen)
    {
        if (reload.Stage is ReloadStage.Going)
        {
            return record with { Release = reload.To, Reload = null, Setback = null, Because = $"{reload.Because}; every instance was replaced" };
        }

        var settled = seen.Lanes.Where(l => l.Lane.Role is LaneRole.Current).All(l => l.State.Wish is Wish.Up && (l.IsGood || l.HasFailed || l.State.Phase is InstancePhase.Backoff));
        return settled ? record with { Reload = null } : null;
    }

    private static ServiceRecord FailReload(ServiceRecord record, ReloadRecord reload, LaneSeen successor)
    {
        var removed = record.WithLane(successor.Lane.Key, l => l with { Role = LaneRole.Retiring });
        var id = $"{record.Name}-{successor.Lane.Index + 1}";
        if (reload.Stage is ReloadStage.Undoing)
        {
            var both = $"{record.Setback?.Because}; and on the way back {id} {successor.State.Cause ?? successor.State.Because}";
            return removed with { Reload = null, Setback = new(reload.Operation, Skipped: false, both), Because = both };
        }

        if (reload.IsInsistent)
        {
            return Insist(removed, reload, id, successor);
        }

        // Equal revisions are equal processes: what has already changed needs no way back, only its old name.
        var back = record.Find(reload.To).Revision == record.Wanted.Revision
            ? removed.Lanes.Select(l => l.Role is LaneRole.Current ? l with { Release = record.Release } : l).ToImmutableArray()
            : removed.Lanes;
        var because = $"{id} {successor.State.Cause ?? successor.State.Because}";
        return removed with
        {
            Lanes = back,

            // Nobody judges the way back: what served before was judged long ago.
            Reload = reload with { To = record.Release, Stage = ReloadStage.Undoing, Pace = null },
            Setback = new(reload.Operation, Skipped: false, because),
            Because = $"the change failed: {because}; the release from before stays",
        };
    }

    /// <summary>
    /// The release that should come back did not start at once. A few times it is tried again beside what serves: the daemon may have died over it. Then it is the
    /// one that is wanted all the same, and starts behind its brake.
    /// </summary>
    private static ServiceRecord Insist(ServiceRecord removed, ReloadRecord reload, string id, LaneSeen successor)
    {
        var (failures, because) = (reload.Pace!.Failures + 1, $"{reload.Because}; {id} {successor.State.Cause ?? successor.State.Because}, and is started again");
        return failures < StartsBeforeFailure * reload.Batch
            ? removed with { Reload = reload with { Pace = reload.Pace with { Failures = failures } }, Because = because }
            : removed with
            {
                Release = reload.To,
                Reload = null,
                Setback = null,
                Lanes = [.. removed.Lanes.Select(l => l.Role is LaneRole.Current && l.Release != reload.To ? l with { Role = LaneRole.Retiring } : l)],
                Because = $"{because} behind its brake",
            };
    }

    /// <summary>All of them were judged well; but who has fallen since then gets no request, and ends the rollout.</summary>
    private static ServiceRecord? OpenGate(ServiceRecord record, ServiceSeen seen) => record is { Gate: FirstGate.Opening, Reload: null } && AreAllGood(record, seen)
        ? record with { Gate = FirstGate.Open, Because = "was judged well" }
        : null;

    private static bool AreAllGood(ServiceRecord record, ServiceSeen seen) =>
        Enumerable.Range(0, record.Count).All(index => seen.At(index, LaneRole.Current) is { IsGood: true });

    private static ServiceRecord? FillSlots(ServiceRecord record)
    {
        if (record.Wish is not ServiceWish.Up)
        {
            return null;
        }

        // A slot never has three processes: where two are on their way out, one of them is waited for.
        var missing = Enumerable.Range(0, record.Count)
            .Where(index => record.Current(index) is null && record.Lanes.Count(l => l.Index == index && l.Role is LaneRole.Retiring) < 1 + MaxRetiring(record.Wanted.Spec))
            .ToImmutableArray();

        // A slot that is new gets the new release at once, unless that has yet to be judged.
        var release = record.Reload is { Stage: ReloadStage.Going, IsGated: false } reload ? reload.To : record.Release;
        return missing.IsEmpty ? null : missing.Aggregate(record, (r, index) => r.AddLane(index, LaneRole.Current, release));
    }
}
