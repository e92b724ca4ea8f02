using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Supervisor.Instances;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Services;

/// <summary>One lane as it is now.</summary>
/// <param name="EndpointId">The run's name, by which the edge knows the process; null when there is none.</param>
internal sealed record LaneSeen(LaneRecord Lane, InstanceState State, string? EndpointId, int? Port)
{
    /// <summary>It serves, or it has done what it was for.</summary>
    public bool IsGood => State.Phase is InstancePhase.Running || State.Completed;

    /// <summary>It has been tried and has not become good; somebody who waits for it should hear why.</summary>
    public bool HasFailed => !State.Completed && State.Phase switch
    {
        InstancePhase.Parked => true,
        InstancePhase.Stopped => State.Wish is Wish.Up,
        InstancePhase.Backoff or InstancePhase.Starting or InstancePhase.Stopping => State.Late || State.FailedStarts >= ServicePlanner.StartsBeforeFailure,
        InstancePhase.Waiting or InstancePhase.Running or InstancePhase.Draining => false,
    };

    /// <summary>There is something in it that a release which fails must not cost.</summary>
    public bool IsWorthKeeping => State.EverReady && State.Phase switch
    {
        InstancePhase.Starting or InstancePhase.Running or InstancePhase.Draining or InstancePhase.Stopping or InstancePhase.Backoff => true,
        InstancePhase.Waiting or InstancePhase.Stopped or InstancePhase.Parked => false,
    };
}

/// <summary>Whether what a service depends on is there.</summary>
/// <param name="Missing">What keeps instances from being started, one sentence; null when nothing does.</param>
/// <param name="Unsettled">What keeps a reload from beginning, one sentence: a dependency that is itself on its way.</param>
/// <param name="Failed">A dependency that has failed in this operation: a reload that waits for it is given up.</param>
/// <param name="Users">What keeps it from being stopped, one sentence: those that depend on it stop first.</param>
internal sealed record DependenciesSeen(string? Missing, string? Unsettled, string? Failed, string? Users)
{
    public static DependenciesSeen AllThere { get; } = new(null, null, null, null);
}

/// <summary>Everything outside the record that a plan depends on.</summary>
/// <param name="Asked">What the edge was last told.</param>
/// <param name="Acknowledged">What it last confirmed.</param>
internal sealed record ServiceSeen(ImmutableArray<LaneSeen> Lanes, DependenciesSeen Dependencies, ServiceTraffic? Asked, ServiceTraffic? Acknowledged)
{
    public LaneSeen? Find(string key) => Lanes.FirstOrDefault(l => l.Lane.Key == key);

    public LaneSeen? At(int index, LaneRole role) => Lanes.FirstOrDefault(l => l.Lane.Index == index && l.Lane.Role == role);
}
