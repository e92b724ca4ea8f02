using System.Text.RegularExpressions;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal static partial class HostName
{
    public static TextKind Exact { get; } = new("a host name", "api.example.com", ManifestCodes.BadHost, ExactPattern(), hint: Hint);

    public static TextKind WithWildcard { get; } = new(
        "a host name, or *. and a host name",
        "\"*.example.com\"",
        ManifestCodes.BadHost,
        WildcardPattern(),
        hint: Hint);

    public static bool IsExact(string text) => ExactPattern().IsMatch(text);

    private static string? Hint(string text) => text switch
    {
        "*" => "leave the host out to mean every host",
        _ when text.Contains("://", StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal) => "write only the name, without scheme and path",
        _ when text.Contains(':', StringComparison.Ordinal) => "write only the name, without a port",
        _ when text.StartsWith("*.", StringComparison.Ordinal) => "write one route for each host, or leave the host out to mean every host",
        _ => null,
    };

    // 253 characters in all and 63 in a label are the limits of DNS.
    [GeneratedRegex(@"^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex ExactPattern();

    [GeneratedRegex(@"^(?=.{1,253}$)(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex WildcardPattern();
}
