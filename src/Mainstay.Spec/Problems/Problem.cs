using System.Text.Json.Serialization;

namespace Mainstay.Spec.Problems;

[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    [JsonStringEnumMemberName("error")]
    Error,

    [JsonStringEnumMemberName("warning")]
    Warning,
}

/// <summary>Line and column count from 1, and are 0 where the place is a whole file or not a file at all.</summary>
public sealed record Where(string File, int Line, int Column, string Path)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}" : File;
}

/// <summary>A fault that a user can fix. Collected, never thrown; code and fix are never empty; a value of the environment never stands in it.</summary>
public sealed record Problem(string Code, Severity Severity, Where Where, string What, string Fix)
{
    public override string ToString() => $"{Where}: {(Severity is Severity.Warning ? "warning " : "")}{Code}: {What}\n  fix: {Fix}";
}
