using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Doctor;

[JsonConverter(typeof(LowerCaseEnumConverter<FindingLevel>))]
internal enum FindingLevel
{
    Ok,

    /// <summary>Mainstay works, with less than it could do.</summary>
    Note,

    /// <summary>Mainstay does not work, or not safely.</summary>
    Bad,
}

/// <summary>One thing that was looked at. <paramref name="Try"/> is null where there is nothing to do.</summary>
internal sealed record Finding(FindingLevel Level, string About, string What, string? Try = null);

/// <summary><c>doctor --json</c>.</summary>
internal sealed record DoctorDocument(bool Ok, ImmutableArray<Finding> Findings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class DoctorJson : JsonSerializerContext;
