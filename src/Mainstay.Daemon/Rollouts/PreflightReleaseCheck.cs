using System.Collections.Immutable;
using Mainstay.Preflight.Host;
using Mainstay.Preflight.Releases;
using Mainstay.Rollout.Ports;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Daemon.Rollouts;

/// <summary>The preflight's look at a release's files, for rollouts.</summary>
internal sealed class PreflightReleaseCheck(IHostFacts facts) : IReleaseCheck
{
    public Task<ImmutableArray<Problem>> CheckAsync(string root, AppliedService service, bool built, CancellationToken token) =>
        Task.Run(() => ReleaseCheck.Run(root, service.Spec, facts, node: null, built), token);
}
