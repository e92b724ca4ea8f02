using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Daemon.Applying;
using Mainstay.Daemon.Edge;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon;

/// <summary>What the API asks of the daemon: the supervisor and the edge, brought to one wish at a time.</summary>
internal sealed class DaemonCore(DaemonIdentity identity, StackSupervisor supervisor, EdgeHost edge, StackPreparer preparer) : IDisposable
{
    /// <summary>Operations that change the edge run one after another; those on services alone are ordered by the supervisor.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public VersionDocument Version() => new(DaemonIdentity.Version, identity.Pid, identity.Home.Root);

    public StatusDocument Status() => new(
        supervisor.Stack?.Name.Value,
        new DaemonStatus(identity.Pid, identity.Uptime.TotalSeconds, DaemonIdentity.Version, identity.Home.Root),
        edge.Status(),
        supervisor.Services(),
        supervisor.Externals(),
        identity.Notices);

    public PreparedStack Prepare(ApplyRequest request) => preparer.Prepare(request, supervisor.Stack);

    public Task<OperationResult> ApplyAsync(PreparedStack prepared, ImmutableArray<ServiceName> only, Action<OperationStep> progress) => InTurnAsync(async () =>
    {
        if (edge.Reserve(prepared.Stack) is { } problem)
        {
            return new OperationResult(ExitCode.Failed, "nothing was changed", [problem], []);
        }

        var serving = edge.ServeAsync(prepared.Stack, progress, Step, CancellationToken.None);
        var result = await TriedAsync(() => supervisor.ApplyAsync(prepared.Applied, only, progress, CancellationToken.None));
        if (!await serving)
        {
            result = EdgeFailed(result);
        }

        if (result.ExitCode is not ExitCode.Done && supervisor.Stack is { } kept && !ReferenceEquals(kept, prepared.Stack))
        {
            // The supervisor took nothing on (its journal's disk may be full): the edge goes back to what still runs.
            await edge.ServeAsync(kept, progress, Step, CancellationToken.None);
        }

        return result;
    });

    public Task<OperationResult> ActAsync(ActionRequest request, Action<OperationStep> progress) => supervisor.ActAsync(request, progress, CancellationToken.None);

    public Task<OperationResult> ScaleAsync(ScaleRequest request, Action<OperationStep> progress) => supervisor.ScaleAsync(request, progress, CancellationToken.None);

    public Task<OperationResult> DownAsync(DownRequest request, Action<OperationStep> progress)
    {
        // Whoever wants everything to stop does not want to wait until something has failed to start.
        supervisor.GiveWay("down was asked");
        return InTurnAsync(() => TakeDownAsync(request, progress));
    }

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

    private async Task<OperationResult> TakeDownAsync(DownRequest request, Action<OperationStep> progress)
    {
        var result = await supervisor.DownAsync(progress, CancellationToken.None);
        await edge.DownAsync();
        if (request.Daemon)
        {
            identity.AskToStop("down --daemon");
        }

        return result;
    }

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
