using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>The path of a URL: begins with a slash, and stays where it begins.</summary>
internal static class UrlPath
{
    public static ParsedKind<string> Kind(string example, bool withQuery) => new(
        ManifestCodes.BadUrlPath,
        "a URL path that begins with \"/\"",
        example,
        text => IsPath(text, withQuery) ? text : null,
        text => Hint(text, withQuery));

    private static bool IsPath(string text, bool withQuery)
    {
        var path = withQuery && text.IndexOf('?') is var query and >= 0 ? text[..query] : text;
        return text.StartsWith('/')
            && text.All(c => c > ' ' && c != '\x7f' && c is not ('#' or '\\' or '*') && (withQuery || c != '?'))
            && !path.Contains("//", StringComparison.Ordinal)
            && !path.Split('/').Any(segment => segment is "." or "..");
    }

    private static string? Hint(string text, bool withQuery)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "write only the path, without scheme, host and port";
        }

        if (text.Contains('*', StringComparison.Ordinal))
        {
            return "remove the \"*\"; a path stands for everything below it";
        }

        if (text.StartsWith('/'))
        {
            return withQuery ? "remove blanks, #, \\, //, and \".\" or \"..\" between slashes" : "remove blanks, ?, #, \\, //, and \".\" or \"..\" between slashes";
        }

        return IsPath("/" + text, withQuery) ? $"write \"/{Quoted.Bare(text)}\"" : null;
    }
}
