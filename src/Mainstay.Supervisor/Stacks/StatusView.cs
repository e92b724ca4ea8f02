using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Services;

namespace Mainstay.Supervisor.Stacks;

/// <summary>What users see of a service.</summary>
internal static class StatusView
{
    public static ServiceStatus Of(ServiceView service, TimeSpan now)
    {
        var lanes = service.Record.Lanes
            .Select(lane => (Lane: lane, Runner: service.Runners.FirstOrDefault(r => r.Key == lane.Key)))
            .Where(l => l.Runner is not null)
            .OrderBy(l => l.Lane.Index).ThenBy(l => l.Lane.Role)
            .Select(l => (l.Lane, Status: Of(l.Lane, l.Runner!, service.Record, now)))
            .ToImmutableArray();
        var deciding = lanes.Where(l => l.Lane.Role is LaneRole.Current).Select(l => l.Status).MinBy(s => Advance(s.State));
        return new(
            service.Record.Name,
            deciding?.State ?? InstancePhase.Stopped,
            deciding is null ? Health.Unknown : Worst(lanes.Where(l => l.Lane.Role is LaneRole.Current).Select(l => l.Status.Health)),
            service.Record.Wanted.Name,
            deciding?.Because ?? service.Record.Because,
            [.. lanes.Select(l => l.Status)]);
    }

    private static InstanceStatus Of(LaneRecord lane, InstanceRunner runner, ServiceRecord record, TimeSpan now)
    {
        var (state, run) = (runner.State, runner.Run);
        var usage = run?.Usage;
        return new(
            // A slot has one line under its own name; what comes or goes beside it is known by its run.
            lane.Role is LaneRole.Current ? runner.Id : run?.Id ?? runner.Key,
            run?.Process?.Identity.Pid,
            run?.Port,
            state.Phase,
            state.Health,
            state.Restarts,
            state.HasProcess ? Math.Max(0, (now - state.StartedAt).TotalSeconds) : 0,
            usage?.Usage.MemoryBytes ?? 0,
            Math.Round(usage?.CpuPercent ?? 0, 1),
            record.Find(lane.Release).Name,
            state.Because,
            run?.StatusText,
            state.Phase is InstancePhase.Backoff or InstancePhase.Parked && state.Due is { } due ? Math.Max(0, (due - now).TotalSeconds) : null);
    }

    /// <summary>The further from serving, the smaller.</summary>
    private static int Advance(InstancePhase phase) => phase switch
    {
        InstancePhase.Parked => 0,
        InstancePhase.Backoff => 1,
        InstancePhase.Stopped => 2,
        InstancePhase.Waiting => 3,
        InstancePhase.Stopping => 4,
        InstancePhase.Draining => 5,
        InstancePhase.Starting => 6,
        InstancePhase.Running => 7,
    };

    private static Health Worst(IEnumerable<Health> healths) => healths.MaxBy(h => h switch
    {
        Health.Healthy => 0,
        Health.Unknown => 1,
        Health.Degraded => 2,
        Health.Unhealthy => 3,
    });
}
