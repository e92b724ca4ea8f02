using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Diagnosis;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon.Rollouts;

/// <summary>The rollout's port of instances, carried out by the supervisor.</summary>
internal sealed class SupervisorInstances(StackSupervisor supervisor) : IInstances
{
    public async Task<AdvanceOutcome> AdvanceAsync(AdvanceRequest request, Action<OperationStep> progress, CancellationToken token) =>
        Outcome(request.To.Spec.Name, request.To, await supervisor.AdvanceAsync(request.To, request.Batch, request.Promote, progress, token));

    public async Task<AdvanceOutcome> ReturnAsync(ServiceName service, AppliedService? release, Action<OperationStep> progress, CancellationToken token)
    {
        // A roll that was broken off may still wait for its candidates; nobody wants them any more.
        supervisor.GiveWay("the rollout goes back");
        return Outcome(service, release, await supervisor.ReturnAsync(service, release, progress, token));
    }

    public Task<FailureReport?> ExplainAsync(ServiceName service, CancellationToken token) => supervisor.ExplainAsync(service, token);

    public Task SettleAsync(CancellationToken token) => supervisor.IsOnTrial ? supervisor.SettleAsync(token) : Task.CompletedTask;

    public ImmutableArray<InstanceFacts> Look(ServiceName service) =>
    [
        .. supervisor.Processes(service).Select(p => new InstanceFacts(
            p.Id, p.Endpoint ?? "", p.Pid, p.StartTime, p.Port, p.Release, p.Revision, p.IsCandidate, p.IsReady, p.Restarts, p.EndedForMemory ? 1 : 0, p.Cause, p.Because)),
    ];

    private AdvanceOutcome Outcome(ServiceName service, AppliedService? to, OperationResult result) => new(
        result.ExitCode is not ExitCode.Done ? AdvanceState.Failed : supervisor.HasCandidates(service) ? AdvanceState.CandidatesReady : AdvanceState.Complete,
        result.Summary,
        result.Failures.FirstOrDefault() is { } failure && to is not null ? Redacted(failure, Redactor.Of(to.Environment)) : result.Failures.FirstOrDefault());

    /// <summary>By all that the release was given: of env_file the supervisor's explanation knows nothing.</summary>
    private static FailureReport Redacted(FailureReport failure, Redactor redactor) => failure with
    {
        Cause = redactor.Redact(failure.Cause),
        Evidence = [.. failure.Evidence.Select(e => e with { Lines = [.. e.Lines.Select(redactor.Redact)] })],
        Try = [.. failure.Try.Select(redactor.Redact)],
    };
}
