using System.Collections.Immutable;

namespace Mainstay.Spec.Model;

/// <summary>What the environment of a service must hold. <paramref name="File"/> is null when the schema stands inline in the manifest.</summary>
public sealed record EnvSchemaSpec(string? File, ImmutableArray<EnvRuleSpec> Rules);

public enum EnvType
{
    String,
    Int,
    Float,
    Bool,
    Duration,
    Bytes,
    Port,
    Url,
    Enum,
    Pem,
    File,
    Secret,
}

/// <summary>The rules for one variable. Conditions are of the form NAME or NAME=value. Min and max are kept as written and read by the type.</summary>
public sealed record EnvRuleSpec(
    string Name,
    EnvType Type,
    bool Required,
    string? RequiredIf,
    string? RequiredUnless,
    string? Default,
    string? Min,
    string? Max,
    ImmutableArray<string> Schemes,
    ImmutableArray<string> Values,
    string? Pattern,
    int? MinLength,
    double? MinEntropyBits,
    bool Unique,
    ImmutableArray<string> TogetherWith,
    string? WarnIf,
    string? Description,
    string? Example,
    SourceSpan Span);
