using System.Text.Json;

namespace Mainstay.Harness.Product;

/// <summary>What a script reads from <c>check --json</c>.</summary>
public sealed record CheckView(bool Ok, IReadOnlyList<ProblemView> Problems)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static CheckView Parse(string json) => JsonSerializer.Deserialize<CheckView>(json, Names)!;
}

public sealed record ProblemView(string Code, string Severity, WhereView Where, string What, string Fix)
{
    public override string ToString() => $"{Where.File}:{Where.Line}:{Where.Column}: {Code}: {What}; fix: {Fix}";
}

public sealed record WhereView(string File, int Line, int Column, string Path);
