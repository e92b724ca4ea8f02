using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>Headers and cookies that are sent or looked for, as maps or as one text.</summary>
internal static partial class HeaderKinds
{
    private static readonly KeyRule s_rule = new(ManifestCodes.BadHeader, "an HTTP header's name", TokenPattern().ToString(), TokenPattern().IsMatch);

    private static readonly TextKind s_value = new(
        "a header's value, one line of plain text", "dev", ManifestCodes.BadHeader, ValuePattern(), mayBeEmpty: true);

    /// <summary>Headers that a check sends.</summary>
    public static MapKind<string> Sent { get; } = new(s_value, s_rule, "a map of header names to values", "{ x-tenant-id: dev }");

    /// <summary>The header that a request must have.</summary>
    public static ParsedKind<NamedValue> Header { get; } = new(
        ManifestCodes.BadHeader,
        "a header and its value",
        "\"x-canary: 1\"",
        text => Split(text, ':') is { } header && ValuePattern().IsMatch(header.Value) ? header : null,
        text => Split(text, '=') is { } written ? $"write \"{Quoted.Bare(written.Name)}: {Quoted.Bare(written.Value)}\"" : null);

    /// <summary>The cookie that a request must have.</summary>
    public static ParsedKind<NamedValue> Cookie { get; } = new(
        ManifestCodes.BadHeader,
        "a cookie and its value",
        "canary=1",
        text => Split(text, '=') is { } cookie && CookieValuePattern().IsMatch(cookie.Value) ? cookie : null,
        text => Split(text, ':') is { } written ? $"write \"{Quoted.Bare(written.Name)}={Quoted.Bare(written.Value)}\"" : null);

    public static bool IsName(string text) => TokenPattern().IsMatch(text);

    public static ImmutableSortedDictionary<string, string> ByName(this ImmutableArray<Named<string>> headers) =>
        headers.ToImmutableSortedDictionary(h => h.Name, h => h.Value, StringComparer.Ordinal);

    private static NamedValue? Split(string text, char between)
    {
        var at = text.IndexOf(between, StringComparison.Ordinal);
        return at > 0 && text[..at].Trim(' ') is var name && text[(at + 1)..].Trim(' ') is { Length: > 0 } value && TokenPattern().IsMatch(name)
            ? new NamedValue(name, value)
            : null;
    }

    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"^[\x20-\x7e\t]*$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex ValuePattern();

    // RFC 6265: no blanks, quotes, commas, semicolons or backslashes.
    [GeneratedRegex(@"^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex CookieValuePattern();
}
