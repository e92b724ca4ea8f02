using System.Collections.Immutable;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.Rollouts;
using Mainstay.Daemon.Applying;
using Mainstay.Daemon.Edge;
using Mainstay.Daemon.Rollouts;
using Mainstay.Daemon.Switches;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Stacks;

namespace Mainstay.Daemon;

/// <summary>What the API asks of the daemon. While a rollout is under way, nothing else changes services: half of two wishes would be neither.</summary>
internal sealed class DaemonCore(DaemonIdentity identity, StackSupervisor supervisor, EdgeHost edge, LiveStack stack, SwitchDesk switches, StackPreparer preparer, RolloutDesk rollouts) : IDisposable
{
    public RolloutDesk Rollouts => rollouts;

    public SwitchDesk Switches => switches;

    public VersionDocument Version() => new(DaemonIdentity.Version, identity.Pid, identity.Home.Root);

    public StatusDocument Status() => new(
        supervisor.Stack?.Name.Value,
        new DaemonStatus(identity.Pid, identity.Uptime.TotalSeconds, DaemonIdentity.Version, identity.Home.Root),
        edge.Status(),
        supervisor.Services(),
        supervisor.Externals(),
        rollouts.Notice is { } notice ? identity.Notices.Add(notice) : identity.Notices,
        switches.All());

    public PreparedStack Prepare(ApplyRequest request) => preparer.Prepare(request, supervisor.Stack);

    public PreparedStack InReleases(PreparedStack prepared, ImmutableArray<ServiceName> only) => rollouts.InReleases(prepared, only);

    /// <param name="gone">The user went away: the change goes on, but nobody waits for its end.</param>
    public Task<OperationResult> ApplyAsync(PreparedStack prepared, ImmutableArray<ServiceName> only, Action<OperationStep> progress, CancellationToken gone) =>
        rollouts.BesideAsync(
            "up",
            async () =>
            {
                var result = await stack.ApplyAsync(prepared.Applied, only, progress);
                switches.Keep(supervisor.Stack?.Switches ?? []);
                return result;
            },
            gone);

    public Task<OperationResult> ActAsync(ActionRequest request, Action<OperationStep> progress, CancellationToken gone) =>
        rollouts.BesideAsync(request.Verb.ToString().ToLowerInvariant(), () => supervisor.ActAsync(request, progress, CancellationToken.None), gone);

    public Task<OperationResult> ScaleAsync(ScaleRequest request, Action<OperationStep> progress, CancellationToken gone) =>
        rollouts.BesideAsync("scale", () => supervisor.ScaleAsync(request, progress, CancellationToken.None), gone);

    public async Task<OperationResult> DownAsync(DownRequest request, Action<OperationStep> progress)
    {
        using var stopping = rollouts.Stop();
        await rollouts.AbortedAsync("down", progress);

        // Whoever wants everything to stop does not want to wait until something has failed to start.
        supervisor.GiveWay("down was asked");
        var result = await stack.DownAsync(progress);
        if (request.Daemon)
        {
            identity.AskToStop("down --daemon");
        }

        return result;
    }

    public Task<OperationResult> ReloadEdgeAsync(Action<OperationStep> progress) => stack.ReloadEdgeAsync(progress);

    public void Dispose() => stack.Dispose();
}
