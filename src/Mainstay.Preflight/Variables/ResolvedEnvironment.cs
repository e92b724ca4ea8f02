using System.Collections.Immutable;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Variables;

/// <summary>The variables that a service declares, wherever it declares them.</summary>
/// <param name="Variables">Env files in order, then <c>environment</c>, then the schema's defaults for what is missing. Mainstay's own (PORT, MAINSTAY_*) and the host's (PATH, …) are not among them.</param>
/// <param name="SetAt">Where each variable was set.</param>
/// <param name="Problems">What kept an env file or a part of it from being read.</param>
public sealed record ResolvedEnvironment(
    ServiceName Service,
    ImmutableSortedDictionary<string, string> Variables,
    ImmutableSortedDictionary<string, Where> SetAt,
    ImmutableArray<Problem> Problems);
