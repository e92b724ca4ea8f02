using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>Text that is kept as written; with a <paramref name="pattern"/>, only text that it matches.</summary>
internal sealed class TextKind(string expected, string example, ProblemCode? code = null, Regex? pattern = null, Func<string, string?>? hint = null, bool mayBeEmpty = false)
    : ScalarKind<string>(code ?? ManifestCodes.WrongType)
{
    public override string Expected => expected;

    public override string Example => example;

    protected override JsonObject TextSchema
    {
        get
        {
            // A number or a truth value without quotes is text here too: what counts is what was written.
            var schema = new JsonObject { ["type"] = pattern is null ? new JsonArray("string", "number", "boolean") : "string" };
            if (pattern is not null)
            {
                schema["pattern"] = pattern.ToString();
            }

            return schema;
        }
    }

    protected override bool TryParse(string text, out string value)
    {
        value = text;
        return (mayBeEmpty || text.Length > 0) && (pattern is null || pattern.IsMatch(text));
    }

    protected override string? Hint(string text) => hint?.Invoke(text);
}
