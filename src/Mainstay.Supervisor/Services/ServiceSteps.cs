using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Services;

/// <summary>The steps of a service whose record needs no change: every lane towards what its role wants, then the traffic, then the drains.</summary>
internal static class ServiceSteps
{
    public static IEnumerable<ServiceStep> Of(ServiceRecord record, ServiceSeen seen, TimeSpan holdMax)
    {
        foreach (var lane in seen.Lanes)
        {
            var step = IsWanted(record, lane) ? Raise(record, lane, seen) : Lower(record, lane, seen);
            if (step is not null)
            {
                yield return step;
            }
        }

        var traffic = TrafficPlan.Of(record, seen, holdMax);
        if (traffic is not null && !TrafficPlan.AreSame(traffic, seen.Asked))
        {
            yield return new ServiceStep.Publish(traffic, traffic.Because);
        }

        foreach (var lane in seen.Lanes.Where(l => l.State.Phase is InstancePhase.Draining && TrafficPlan.KnowsItIsLeaving(seen.Acknowledged, l, traffic is not null)))
        {
            yield return new ServiceStep.AwaitDrain(lane.Lane.Key, lane.State.Because);
        }
    }

    private static bool IsWanted(ServiceRecord record, LaneSeen lane) =>
        record.Wish is ServiceWish.Up && lane.Lane.Role is not LaneRole.Retiring && !ServicePlanner.Yields(record, lane.Lane);

    private static ServiceStep.Stop? Lower(ServiceRecord record, LaneSeen lane, ServiceSeen seen)
    {
        // Those that depend on it stop first. A process that only makes way for a successor is not waited for.
        var waits = record.Wish is not ServiceWish.Up && seen.Dependencies.Users is not null;
        return lane.State.Wish is Wish.Down || waits ? null : new ServiceStep.Stop(lane.Lane.Key, WhyDown(record, lane));
    }

    private static string WhyDown(ServiceRecord record, LaneSeen lane) => record.Wish switch
    {
        ServiceWish.Down => "a stop was asked",
        ServiceWish.Gone => "it is no longer wanted",
        ServiceWish.Up when record.Reload is not null && lane.Lane.Role is LaneRole.Current => "it makes way for its successor",
        ServiceWish.Up when lane.Lane.Index >= record.Count => ServiceRecord.Wants(record.Count),
        ServiceWish.Up => record.Setback is not null && lane.Lane.Release != record.Release ? "it failed and is removed" : "its successor serves",
    };

    private static ServiceStep? Raise(ServiceRecord record, LaneSeen lane, ServiceSeen seen)
    {
        var state = lane.State;
        if (state.HasProcess && lane.Lane.Role is LaneRole.Current && !state.Follows(record.RestartStamp))
        {
            return new ServiceStep.Restart(lane.Lane.Key, record.Stamp, "a restart was asked");
        }

        if (state.Wish is Wish.Up && state.Follows(record.Stamp) && state.Phase is not InstancePhase.Waiting)
        {
            return null;
        }

        if (HoldsThePort(record, lane, seen))
        {
            return null;
        }

        var missing = WaitsForOthers(record, lane) ? seen.Dependencies.Missing : null;
        if (missing is null)
        {
            return new ServiceStep.Start(lane.Lane.Key, record.Stamp, WhyUp(record, lane));
        }

        return state.Phase is InstancePhase.Waiting && state.Because == missing && state.Follows(record.Stamp)
            ? null
            : new ServiceStep.Wait(lane.Lane.Key, record.Stamp, missing);
    }

    /// <summary>What runs, or is behind its brake, has met its dependencies before; a successor, and what a failed one gives back, stands for a process that has.</summary>
    private static bool WaitsForOthers(ServiceRecord record, LaneSeen lane) =>
        lane.State.Phase is InstancePhase.Stopped or InstancePhase.Waiting && lane.Lane.Role is LaneRole.Current && record.Reload is not { Stage: ReloadStage.Undoing };

    private static string WhyUp(ServiceRecord record, LaneSeen lane) => record.Reload switch
    {
        { Stage: ReloadStage.Undoing } => "started again, because its successor failed",
        { } reload when lane.Lane.Role is LaneRole.Successor => reload.Because,
        _ => lane.State.Phase is InstancePhase.Waiting ? "what it depends on is there" : "a start was asked",
    };

    /// <summary>A fixed port has one owner: another process of this service that is not yet gone keeps this one from starting.</summary>
    private static bool HoldsThePort(ServiceRecord record, LaneSeen lane, ServiceSeen seen)
    {
        if (lane.State.HasProcess)
        {
            return false;
        }

        var spec = record.Find(lane.Lane.Release).Spec;
        return seen.Lanes.Any(other => other.Lane.Key != lane.Lane.Key
            && (other.State.HasProcess || other.State.Wish is Wish.Up)
            && IsAlone(spec, record.Find(other.Lane.Release).Spec, lane.Lane.Index == other.Lane.Index));
    }

    private static bool IsAlone(ServiceSpec one, ServiceSpec other, bool sameSlot) =>
        (one.Port.Kind is PortKind.Fixed && one.Port == other.Port) || (sameSlot && Replacing.ModeOf(other, one) is ReplaceMode.StopFirst);
}
