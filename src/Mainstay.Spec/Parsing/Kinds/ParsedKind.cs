using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <returns>Null when the text cannot be read.</returns>
internal delegate T? Parse<T>(string text)
    where T : class;

/// <summary>A value with a syntax of its own, such as an address.</summary>
internal sealed class ParsedKind<T>(ProblemCode code, string expected, string example, Parse<T> parse, Func<string, string?>? hint = null) : ScalarKind<T>(code)
    where T : class
{
    public override string Expected => expected;

    public override string Example => example;

    protected override JsonObject TextSchema => new() { ["type"] = "string" };

    protected override bool TryParse(string text, [MaybeNullWhen(false)] out T value)
    {
        value = parse(text);
        return value is not null;
    }

    protected override string? Hint(string text) => hint?.Invoke(text);
}
