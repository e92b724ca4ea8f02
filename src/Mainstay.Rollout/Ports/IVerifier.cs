using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Ports;

/// <summary>Puts one question of <c>deploy.verify</c> to one process.</summary>
public interface IVerifier
{
    /// <param name="verify">Its texts already name the commit and the release.</param>
    Task<VerifyOutcome> AskAsync(VerifySpec verify, int? port, AppliedService service, ImmutableSortedDictionary<string, string> extra, CancellationToken token);
}

/// <param name="Detail">One line: the status and a snippet of the body, the exit code and the last output.</param>
public sealed record VerifyOutcome(bool Passed, string Detail);
