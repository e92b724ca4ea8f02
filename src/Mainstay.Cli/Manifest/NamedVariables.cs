using System.Collections.Immutable;

namespace Mainstay.Cli.Manifest;

/// <summary>The variables that a manifest names by <c>${NAME}</c>. Only those are ever taken from the user's environment.</summary>
internal static class NamedVariables
{
    public static ImmutableSortedDictionary<string, string> In(string text, IReadOnlyDictionary<string, string> environment)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var i = text.IndexOf('$', StringComparison.Ordinal); i >= 0 && i + 1 < text.Length; i = text.IndexOf('$', i))
        {
            // $$ is a dollar: "$${NAME}" names nothing.
            if (text[i + 1] != '{')
            {
                i += text[i + 1] == '$' ? 2 : 1;
                continue;
            }

            var end = i + 2;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            var name = text[(i + 2)..end];
            if (name.Length > 0 && environment.TryGetValue(name, out var value))
            {
                found[name] = value;
            }

            i = end;
            if (i >= text.Length)
            {
                break;
            }
        }

        return found.ToImmutable();
    }
}
