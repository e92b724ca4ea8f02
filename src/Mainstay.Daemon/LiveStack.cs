using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Daemon.Edge;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon;

/// <summary>Supervisor and edge as one: brought to one wish at a time, the same for a user's act and for a rollout's step.</summary>
internal sealed class LiveStack(DaemonIdentity identity, StackSupervisor supervisor, EdgeHost edge) : IDisposable
{
    /// <summary>Operations that change the edge run one after another; those on services alone are ordered by the supervisor.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public StackSpec? Spec => supervisor.Stack;

    /// <summary>Services and edge as the manifest says, or, when the supervisor takes nothing on, the edge as it was.</summary>
    public Task<OperationResult> ApplyAsync(AppliedStack stack, ImmutableArray<ServiceName> only, Action<OperationStep> progress) =>
        BringAsync(stack.Spec, () => supervisor.ApplyAsync(stack, only, progress, CancellationToken.None), progress);

    /// <summary>The stack and its edge, without a service.</summary>
    public Task<OperationResult> FrameAsync(StackSpec stack, Action<OperationStep> progress) =>
        BringAsync(stack, () => supervisor.FrameAsync(stack, CancellationToken.None), progress);

    public Task<OperationResult> DownAsync(Action<OperationStep> progress) => InTurnAsync(async () =>
    {
        var result = await supervisor.DownAsync(progress, CancellationToken.None);
        await edge.DownAsync();
        return result;
    });

    public Task<OperationResult> ReloadEdgeAsync(Action<OperationStep> progress) => InTurnAsync(async () =>
    {
        if (!edge.Wanted)
        {
            return new OperationResult(ExitCode.Failed, "there is no edge to reload: the stack declares none, or it is down", [], []);
        }

        progress(Step("edge: a new worker is starting on the same sockets"));
        return await edge.ReplaceAsync()
            ? new OperationResult(ExitCode.Done, "edge reloaded: the new worker serves, the old one finishes what it has", [], [])
            : EdgeFailed(new OperationResult(ExitCode.Failed, "edge not reloaded", [], []));
    });

    public void Dispose() => _turn.Dispose();

    private Task<OperationResult> BringAsync(StackSpec stack, Func<Task<OperationResult>> bring, Action<OperationStep> progress) => InTurnAsync(async () =>
    {
        if (edge.Reserve(stack) is { } problem)
        {
            return new OperationResult(ExitCode.Failed, "nothing was changed", [problem], []);
        }

        var serving = edge.ServeAsync(stack, progress, Step, CancellationToken.None);
        var result = await TriedAsync(bring);
        if (!await serving)
        {
            result = EdgeFailed(result);
        }

        if (result.ExitCode is not ExitCode.Done && supervisor.Stack is { } kept && !ReferenceEquals(kept, stack))
        {
            // The supervisor took nothing on (its journal's disk may be full): the edge goes back to what still runs.
            await edge.ServeAsync(kept, progress, Step, CancellationToken.None);
        }

        return result;
    });

    private async Task<OperationResult> InTurnAsync(Func<Task<OperationResult>> operation)
    {
        await _turn.WaitAsync();
        try
        {
            return await TriedAsync(operation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A fault of ours is an answer, too: a client that gets none does not know what to do next.</summary>
    private static async Task<OperationResult> TriedAsync(Func<Task<OperationResult>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e)
        {
            return new OperationResult(ExitCode.Failed, $"the daemon failed in the middle of this: {e.Message}; `mainstay status` tells what runs", [], []);
        }
    }

    private OperationStep Step(string because) => new(identity.Now, null, null, null, null, because);

    private OperationResult EdgeFailed(OperationResult result) => result with
    {
        ExitCode = ExitCode.Failed,
        Failures = result.Failures.Add(new FailureReport(
            "edge",
            null,
            $"no edge worker came to serve: {edge.Status().Because}",
            [],
            [$"read {identity.Home.EdgeLog}", "the sockets stay open; a worker is tried again in the background"],
            null)),
    };
}
