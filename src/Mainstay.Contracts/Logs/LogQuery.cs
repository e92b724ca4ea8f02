using System.Collections.Immutable;

namespace Mainstay.Contracts.Logs;

/// <summary>Which records a reader wants. Conditions narrow each other: with both, the last <paramref name="Last"/> of those not older than <paramref name="Since"/>.</summary>
/// <param name="Services">Names of services; empty means every service that has logs, also those that appear while following.</param>
/// <param name="Instance">For example <c>api-1</c>; null means all.</param>
/// <param name="Last">At most so many of the records that are there now; null means all.</param>
/// <param name="Follow">Go on with what is written later, until cancelled.</param>
public sealed record LogQuery(
    ImmutableArray<string> Services,
    string? Instance = null,
    int? Last = null,
    DateTimeOffset? Since = null,
    bool Follow = false);
