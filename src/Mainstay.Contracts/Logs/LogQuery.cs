using System.Collections.Immutable;

namespace Mainstay.Contracts.Logs;

/// <summary>Which records a reader wants. Conditions narrow each other: with both, the last <paramref name="Last"/> of those not older than <paramref name="Since"/>.</summary>
/// <param name="Services">Names of services; empty means every service that has logs, also those that appear while following.</param>
/// <param name="Instances">For example <c>api-1</c>; of a service of which none is named, all are meant. Empty means all of all.</param>
/// <param name="Last">At most so many of the records that are there now; null means all.</param>
/// <param name="Follow">Go on with what is written later, until cancelled.</param>
public sealed record LogQuery(
    ImmutableArray<string> Services,
    ImmutableArray<string> Instances = default,
    int? Last = null,
    DateTimeOffset? Since = null,
    bool Follow = false)
{
    /// <summary>The same question to one service alone.</summary>
    internal LogQuery Of(string service) => this with
    {
        Instances = Instances.IsDefault ? [] : [.. Instances.Where(i => i.StartsWith(service, StringComparison.Ordinal) && i.LastIndexOf('-') == service.Length)],
    };
}
