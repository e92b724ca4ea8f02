using System.Collections.Immutable;

namespace Mainstay.Spec.EnvSchema;

/// <summary>
/// A URL as services take them: scheme, one or more hosts (databases list several, which <see cref="Uri"/> refuses), ports, the rest as it is.
/// </summary>
internal readonly record struct UrlShape(string Scheme, string? Password)
{
    /// <returns>The shape, or a fault that continues the variable's name.</returns>
    public static (UrlShape? Url, string? Fault) Parse(string text)
    {
        var colon = text.IndexOf("://", StringComparison.Ordinal);
        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
        {
            return (null, "is not a URL: it has a blank or a control character in it");
        }

        if (colon < 1 || !char.IsAsciiLetter(text[0]) || !text[..colon].All(IsSchemeCharacter))
        {
            return (null, "is not a URL: it does not begin with a scheme and ://");
        }

        var rest = text[(colon + 3)..];
        var end = rest.IndexOfAny(['/', '?', '#']);
        var authority = end < 0 ? rest : rest[..end];
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? "" : authority[..at];
        var url = new UrlShape(text[..colon].ToLowerInvariant(), user.IndexOf(':') is > -1 and var separator ? user[(separator + 1)..] : null);
        var hosts = authority[(at + 1)..];

        // file:///path and unix:///socket have no host; every other URL needs one.
        return hosts.Length == 0
            ? end >= 0 && rest.Length > 1 && at < 0 && url.Scheme is "file" or "unix" ? (url, null) : (null, "is not a URL: it names no host")
            : hosts.Split(',').Select(FaultOfHost).FirstOrDefault(f => f is not null) is { } fault ? (null, fault) : (url, null);
    }

    public static string Schemes(ImmutableArray<string> schemes) => string.Join(" or ", schemes.Select(s => $"{s}://"));

    private static string? FaultOfHost(string host)
    {
        var bracket = host.LastIndexOf(']');
        var portAt = host.IndexOf(':', bracket + 1);
        var name = portAt < 0 ? host : host[..portAt];
        return (name.Length, portAt) switch
        {
            (0, _) => "is not a URL: it names no host",
            (_, >= 0) when PortNumber.Parse(host[(portAt + 1)..]) is null => "is not a URL: its port is no number from 1 to 65535",
            _ when name[0] == '[' && !System.Net.IPAddress.TryParse(name, out _) => "is not a URL: the brackets hold no IPv6 address",
            _ => null,
        };
    }

    private static bool IsSchemeCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.';
}

/// <summary>A TCP port from 1 to 65535 in plain digits.</summary>
internal static class PortNumber
{
    public static int? Parse(string text) =>
        text.Length is > 0 and <= 5 && text.All(char.IsAsciiDigit) && Measures.Integer(text) is >= 1 and <= 65535 and { } port ? (int)port : null;
}
