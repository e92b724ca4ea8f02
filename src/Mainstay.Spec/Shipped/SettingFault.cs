using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Shipped;

/// <summary>What a service that ships with Mainstay cannot start with, and no rule of a single variable says. No value of a secret stands in it.</summary>
/// <param name="Variable">The variable that it is about.</param>
/// <param name="What">What is wrong, in a sentence that follows the name.</param>
/// <param name="Fix">What to do, beginning with a verb.</param>
public sealed record SettingFault(string Variable, string What, string Fix)
{
    public override string ToString() => $"{Variable} {What}\n  fix: {Fix}";
}

/// <summary>The service's own reading of its environment, as it does it at its start: whoever checks before a start asks the same reader.</summary>
/// <param name="environment">With the defaults of <see cref="ShippedService.Environment"/>.</param>
public delegate ImmutableArray<SettingFault> SettingsReader(ServiceKind kind, IReadOnlyDictionary<string, string> environment);
