using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Contracts.Api;

/// <summary><c>GET /v1/status</c> and <c>status --json</c>. Durations in seconds, sizes in bytes.</summary>
public sealed record StatusDocument(
    string? Stack,
    DaemonStatus Daemon,
    EdgeStatus Edge,
    ImmutableArray<ServiceStatus> Services,
    ImmutableArray<ExternalStatus> External,
    ImmutableArray<string> Notices,
    ImmutableArray<SwitchStatus> Switches);

/// <param name="Home">The folder that this daemon owns.</param>
public sealed record DaemonStatus(int Pid, double UptimeS, string Version, string Home);

/// <param name="State"><c>none</c> (the stack declares no edge), <c>starting</c>, <c>running</c>, <c>restarting</c>.</param>
public sealed record EdgeStatus(int? Pid, string State, ImmutableArray<string> Listen, string Because);

/// <param name="State">The state of the least advanced instance that is wanted.</param>
/// <param name="Because">One sentence: the last transition of the instance that decided the state.</param>
public sealed record ServiceStatus(
    ServiceName Name,
    InstancePhase State,
    Health Health,
    string Release,
    string Because,
    ImmutableArray<InstanceStatus> Instances);

/// <param name="Id">For example <c>api-1</c>; counts from 1.</param>
/// <param name="Restarts">Unplanned exits since the last explicit start.</param>
/// <param name="StatusText">What the service last said by sd_notify's STATUS=.</param>
/// <param name="NextTryS">Seconds until the next start, in backoff or when parked with a declared retry.</param>
public sealed record InstanceStatus(
    string Id,
    int? Pid,
    int? Port,
    InstancePhase State,
    Health Health,
    int Restarts,
    double UptimeS,
    long MemoryBytes,
    double CpuPercent,
    string Release,
    string Because,
    string? StatusText,
    double? NextTryS);

public sealed record ExternalStatus(ServiceName Name, Health Health, string Because);
