using System.Collections.Immutable;
using System.Text;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Yaml;

/// <summary><c>${NAME}</c> and <c>${NAME:?message}</c>, and <c>$$</c> for a dollar; every other dollar is literal. Keys are never expanded, results never expanded again.</summary>
internal sealed class Expansion(IReadOnlyDictionary<string, string> variables)
{
    private readonly SortedSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Every variable that the text named, set or not.</summary>
    public ImmutableSortedSet<string> Named => _named.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <returns>Null when a problem was reported.</returns>
    public string? Of(string text, Func<SourceSpan> place, ReadContext context)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        var broken = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length || text[i + 1] is not ('$' or '{'))
            {
                result.Append(text[i]);
            }
            else if (text[++i] == '$')
            {
                result.Append('$');
            }
            else if (text.IndexOf('}', i) is var end and >= 0)
            {
                var value = Value(text[(i + 1)..end], place, context);
                broken |= value is null;
                result.Append(value);
                i = end;
            }
            else
            {
                Report(
                    context,
                    ManifestCodes.BadExpansion,
                    place(),
                    "has a \"${\" without a closing \"}\"",
                    "close it with \"}\", or write \"$${\" for the literal characters");
                return null;
            }

            if (result.Length > YamlLimits.Scalar)
            {
                Report(
                    context,
                    ManifestCodes.TooLarge,
                    place(),
                    $"is longer than {YamlLimits.Scalar} characters once its variables are filled in",
                    "shorten the variables that it names");
                return null;
            }
        }

        return broken ? null : result.ToString();
    }

    private string? Value(string inner, Func<SourceSpan> place, ReadContext context)
    {
        var colon = inner.IndexOf(":?", StringComparison.Ordinal);
        var name = colon < 0 ? inner : inner[..colon];
        if (!VariableName.IsValid(name))
        {
            var wanted = VariableName.Beginning(inner);
            var literal = "or \"$${\" for the literal characters";
            Report(
                context,
                ManifestCodes.BadExpansion,
                place(),
                $"has the expansion {Quoted.Text($"${{{inner}}}")}, but only ${{NAME}} and ${{NAME:?message}} are expanded",
                wanted.Length > 0 ? $"write ${{{wanted}}} and always set {wanted}, {literal}" : $"write ${{NAME}}, {literal}");
            return null;
        }

        _named.Add(name);
        var value = variables.GetValueOrDefault(name);
        if (value is null || (colon >= 0 && value.Length == 0))
        {
            var state = value is null ? "is not set" : "is empty";
            var said = colon >= 0 && inner.Length > colon + 2 ? $": {Quoted.Bare(inner[(colon + 2)..])}" : "";
            Report(
                context,
                ManifestCodes.VariableNotSet,
                place(),
                $"needs the variable {name}, which {state}{said}",
                $"set {name} in the environment of the mainstay command, or write the value here");
            return null;
        }

        return value;
    }

    private static void Report(ReadContext context, ProblemCode code, SourceSpan at, string what, string fix) =>
        context.Report(code, at, $"{(at.Path.Length == 0 ? "the manifest" : at.Path)} {what}", fix);
}

internal static class VariableName
{
    public static bool IsValid(string name) => name.Length > 0 && Beginning(name).Length == name.Length;

    /// <summary>The longest beginning that is a variable's name; empty when there is none.</summary>
    public static string Beginning(string text)
    {
        var length = text.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_').Count();
        return length == 0 || char.IsAsciiDigit(text[0]) ? "" : text[..length];
    }
}
