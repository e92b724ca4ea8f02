using System.Collections.Immutable;
using Mainstay.Contracts.Api;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Ports;

/// <summary>The instances of services, as a rollout moves them. The daemon plugs the supervisor in here.</summary>
public interface IInstances
{
    /// <summary>
    /// Goes one step towards <paramref name="request"/>: what is there as a candidate takes over if it may, then the next batch is started beside what serves.
    /// Returns when that batch is ready, when no slot is left, or when it failed; a failed service has then been brought back by itself.
    /// Asking again after a daemon's death goes on where it was.
    /// </summary>
    Task<AdvanceOutcome> AdvanceAsync(AdvanceRequest request, Action<OperationStep> progress, CancellationToken token);

    /// <summary>Brings a service to a release at once, all slots, candidates removed; returns when it serves or has shown that it does not. Null: the service goes.</summary>
    Task<AdvanceOutcome> ReturnAsync(ServiceName service, AppliedService? release, Action<OperationStep> progress, CancellationToken token);

    /// <summary>No rollout judges anything any more. While one does, requests are held when all instances fall: another release comes at once.</summary>
    Task SettleAsync(CancellationToken token);

    /// <summary>Why an instance of the service failed last, explained; null when nothing is known of a failure.</summary>
    Task<FailureReport?> ExplainAsync(ServiceName service, CancellationToken token) => Task.FromResult<FailureReport?>(null);

    /// <summary>Every instance of the service with a process, candidates too.</summary>
    ImmutableArray<InstanceFacts> Look(ServiceName service);
}

/// <param name="Batch">So many slots get a candidate at once.</param>
/// <param name="Promote">The candidates that are there take over, in one step.</param>
public sealed record AdvanceRequest(AppliedService To, int Batch, bool Promote);

public enum AdvanceState
{
    /// <summary>Candidates are ready beside what serves, and wait.</summary>
    CandidatesReady,

    /// <summary>Every slot runs the release.</summary>
    Complete,

    /// <summary>What served before the advance serves on.</summary>
    Failed,
}

/// <param name="Failure">Set when failed: cause, evidence, what to try.</param>
public sealed record AdvanceOutcome(AdvanceState State, string Because, FailureReport? Failure);

/// <summary>One process of a service.</summary>
/// <param name="Id">The slot, e.g. <c>api-1</c>.</param>
/// <param name="Endpoint">Unique for the process; the edge counts by it.</param>
/// <param name="StartTime">Of /proc/PID/stat: with the pid it is the process's identity.</param>
/// <param name="Restarts">Unplanned exits in this slot since it was told to run this release.</param>
/// <param name="Cause">How the last process of the slot failed; null when none has.</param>
/// <param name="MemoryKills">Ends for too much memory among them.</param>
public sealed record InstanceFacts(
    string Id,
    string Endpoint,
    int? Pid,
    long StartTime,
    int? Port,
    string Release,
    string Revision,
    bool IsCandidate,
    bool IsReady,
    int Restarts,
    int MemoryKills,
    string? Cause,
    string Because);
