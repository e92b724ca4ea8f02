using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Services;

/// <summary>
/// Which processes of a service may get requests, as a function of what is seen. An endpoint is offered only while its process
/// is ready and its lane is the slot's, and as a candidate while it is ready beside that; from the moment its drain begins until its process is gone it is listed as draining.
/// </summary>
internal static class TrafficPlan
{
    /// <summary>Null for a service that has no port: the edge never hears of it.</summary>
    public static ServiceTraffic? Of(ServiceRecord record, ServiceSeen seen, TimeSpan holdMax)
    {
        if (record.Releases.All(r => r.Spec.Port.Kind is PortKind.None))
        {
            return null;
        }

        var endpoints = seen.Lanes
            .Where(l => l.State is { Ready: true, HasProcess: true } && l is { EndpointId: not null, Port: not null })
            .Select(l => Endpoint(record, l))
            .ToImmutableArray();
        return new(record.Name, Holds(record, seen), holdMax, endpoints, endpoints.Any(e => e is { Draining: false, Candidate: false }) ? "" : WhyNone(record, seen));
    }

    private static TrafficEndpoint Endpoint(ServiceRecord record, LaneSeen lane) =>
        new(lane.EndpointId!, lane.Port!.Value, Draining: !IsOffered(lane), Candidate: IsOffered(lane) && (record.IsUnproven || lane.Lane.Role is LaneRole.Successor));

    /// <summary>What the edge would do by both is the same.</summary>
    public static bool AreSame(ServiceTraffic one, ServiceTraffic? other) => other is not null
        && (one.Service, one.Hold, one.HoldMax, one.Because) == (other.Service, other.Hold, other.HoldMax, other.Because)
        && one.Endpoints.AsSpan().SequenceEqual(other.Endpoints.AsSpan());

    /// <summary>The edge has confirmed that this process gets nothing more.</summary>
    public static bool KnowsItIsLeaving(ServiceTraffic? acknowledged, LaneSeen lane, bool hasTraffic) =>
        !hasTraffic || lane.EndpointId is null || (acknowledged is not null && !acknowledged.Endpoints.Any(e => e.Id == lane.EndpointId && !e.Draining));

    private static bool IsOffered(LaneSeen lane) => lane.State.Serves && lane.Lane.Role is not LaneRole.Retiring && lane.State.Wish is Wish.Up;

    /// <summary>
    /// Requests are worth holding while a process is away because it was meant to be: never for a crash, which may not end. But that of a release
    /// on trial does, for the one from before comes back.
    /// </summary>
    private static bool Holds(ServiceRecord record, ServiceSeen seen)
    {
        if (record.Wish is not ServiceWish.Up)
        {
            return false;
        }

        if (record.OnTrial)
        {
            return true;
        }

        var swapping = record.Reload is { Stage: ReloadStage.Going or ReloadStage.Undoing } reload && IsStopFirst(record, reload);
        return swapping || seen.Lanes.Any(l => l.Lane.Role is LaneRole.Current && l.State.Planned);
    }

    private static bool IsStopFirst(ServiceRecord record, ReloadRecord reload) =>
        record.Lanes.Any(l => l.Role is LaneRole.Current && Replacing.ModeOf(record.Find(l.Release).Spec, record.Find(reload.To).Spec) is ReplaceMode.StopFirst);

    private static string WhyNone(ServiceRecord record, ServiceSeen seen) =>
        seen.Lanes.FirstOrDefault(l => l.Lane.Role is LaneRole.Current) is { } lane ? $"{record.Name}-{lane.Lane.Index + 1} {lane.State.Because}" : record.Because;
}
