using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;

namespace Mainstay.Daemon.Rollouts;

/// <summary>The rollout's port of the stack, carried out by supervisor and edge together.</summary>
internal sealed class DaemonStack(LiveStack stack) : IStack
{
    public async Task<StackOutcome> FrameAsync(StackSpec spec, Action<OperationStep> progress, CancellationToken token) =>
        Outcome(await stack.FrameAsync(spec, progress).WaitAsync(token), "the stack and its edge are there");

    public async Task<StackOutcome> ApplyAsync(StackSpec spec, ImmutableArray<AppliedService> services, Action<OperationStep> progress, CancellationToken token) =>
        Outcome(await stack.ApplyAsync(new(spec, services), [], progress).WaitAsync(token), "routes, counts and services are as the manifest says");

    public async Task<StackOutcome> RestoreAsync(StackSpec? before, ImmutableArray<AppliedService> services, Action<OperationStep> progress, CancellationToken token) => before is null
        ? Outcome(await stack.DownAsync(progress).WaitAsync(token), "nothing was there before, and nothing is there now")
        : Outcome(await stack.ApplyAsync(new(before, services), [], progress).WaitAsync(token), "the stack is as it was before");

    private static StackOutcome Outcome(OperationResult result, string done) => result.ExitCode is ExitCode.Done
        ? new(true, done, null)
        : new(false, result.Problems.FirstOrDefault()?.What ?? result.Summary, result.Failures.FirstOrDefault());
}
