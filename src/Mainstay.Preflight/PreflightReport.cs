using System.Collections.Immutable;
using Mainstay.Preflight.Variables;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight;

/// <summary>Everything that was found, and what was resolved on the way.</summary>
/// <param name="Notices">What the user should know and need not repair; said once.</param>
/// <param name="Environments">Of every service, also of those with problems.</param>
public sealed record PreflightReport(
    ImmutableArray<Problem> Problems,
    ImmutableArray<string> Notices,
    ImmutableSortedDictionary<ServiceName, ResolvedEnvironment> Environments)
{
    /// <summary>Nothing stands in the way of an <c>up</c>; there may be warnings.</summary>
    public bool Ok => !Problems.Any(p => p.Severity is Severity.Error);
}
