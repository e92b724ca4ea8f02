using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Rollouts;

/// <summary>The rollout's port of instances, carried out by the supervisor.</summary>
internal sealed class SupervisorInstances(StackSupervisor supervisor) : IInstances
{
    public async Task<AdvanceOutcome> AdvanceAsync(AdvanceRequest request, Action<OperationStep> progress, CancellationToken token) =>
        Outcome(request.To.Spec.Name, await supervisor.AdvanceAsync(request.To, request.Batch, request.Promote, progress, token));

    public async Task<AdvanceOutcome> ReturnAsync(ServiceName service, AppliedService? release, Action<OperationStep> progress, CancellationToken token)
    {
        // A roll that was broken off may still wait for its candidates; nobody wants them any more.
        supervisor.GiveWay("the rollout goes back");
        return Outcome(service, await supervisor.ReturnAsync(service, release, progress, token));
    }

    public Task SettleAsync(CancellationToken token) => supervisor.IsOnTrial ? supervisor.SettleAsync(token) : Task.CompletedTask;

    public ImmutableArray<InstanceFacts> Look(ServiceName service) =>
    [
        .. supervisor.Processes(service).Select(p => new InstanceFacts(
            p.Id, p.Endpoint ?? "", p.Pid, p.StartTime, p.Port, p.Release, p.Revision, p.IsCandidate, p.IsReady, p.Restarts, p.EndedForMemory ? 1 : 0, p.Because)),
    ];

    private AdvanceOutcome Outcome(ServiceName service, OperationResult result) => new(
        result.ExitCode is not ExitCode.Done ? AdvanceState.Failed : supervisor.HasCandidates(service) ? AdvanceState.CandidatesReady : AdvanceState.Complete,
        result.Summary,
        result.Failures.FirstOrDefault());
}
