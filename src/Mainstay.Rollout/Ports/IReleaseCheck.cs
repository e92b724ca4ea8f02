using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Rollout.Ports;

/// <summary>Looks through a release's files before anything of it runs. The daemon plugs the preflight in here.</summary>
public interface IReleaseCheck
{
    /// <param name="root">The release's root, absolute.</param>
    /// <param name="built">What is missing now stays missing. Without it, only what no build can mend or make worse is looked at.</param>
    Task<ImmutableArray<Problem>> CheckAsync(string root, AppliedService service, bool built, CancellationToken token);
}
