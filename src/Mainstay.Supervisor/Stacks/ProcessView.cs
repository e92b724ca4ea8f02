using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>One slot's process beside its release, for whoever must prove what serves.</summary>
/// <param name="Id">The slot, e.g. <c>api-1</c>.</param>
/// <param name="Endpoint">The run's name, by which the edge knows the process; null when there is none.</param>
/// <param name="Pid">Null when there is no process.</param>
/// <param name="StartTime">Of /proc/PID/stat: with the pid it is the process's identity.</param>
/// <param name="IsCandidate">It waits beside what serves, or for its first request.</param>
/// <param name="Cause">How its last process failed; null when none has.</param>
/// <param name="Restarts">Unplanned exits in this slot since it runs this release.</param>
public sealed record ProcessView(
    string Id,
    string? Endpoint,
    int? Pid,
    long StartTime,
    int? Port,
    string Release,
    string Revision,
    bool IsCandidate,
    bool IsReady,
    int Restarts,
    bool EndedForMemory,
    string? Cause,
    string Because)
{
    internal static ImmutableArray<ProcessView> Of(ServiceView view) =>
        [.. view.Record.Lanes.Where(l => l.Role is not LaneRole.Retiring).Select(l => Of(l, view.Record.IsUnproven, view.Record.Find(l.Release), view.Runners.FirstOrDefault(r => r.Key == l.Key)))];

    private static ProcessView Of(LaneRecord lane, bool isUnproven, ReleaseRecord release, InstanceRunner? runner)
    {
        var (state, run) = (runner?.State ?? InstanceState.Initial, runner?.Run);
        var identity = state.HasProcess && run?.Generation == state.Generation ? run.Process?.Identity : null;
        return new(
            InstanceId(release, lane),
            identity is null ? null : run!.Id,
            identity?.Pid,
            identity?.StartTicks ?? 0,
            run?.Port,
            release.Name,
            release.Revision,
            isUnproven || lane.Role is LaneRole.Successor,
            state.Serves || state.Completed,
            state.Restarts,
            state.Ending is EndReason.Memory,
            state.Cause,
            state.Because);
    }

    private static string InstanceId(ReleaseRecord release, LaneRecord lane) => FormattableString.Invariant($"{release.Spec.Name}-{lane.Index + 1}");
}
