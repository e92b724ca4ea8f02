using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth;

/// <summary>Which pages may connect from a browser. Scheme, host and port must be equal; there are no wildcards.</summary>
/// <param name="Allowed">Origins as browsers write them: lower case, without the scheme's own port.</param>
/// <param name="Required">Whether a request without the header is refused; programs other than browsers send none.</param>
public sealed record OriginRule(ImmutableArray<string> Allowed, bool Required)
{
    public static readonly OriginRule Unset = new([], Required: false);

    /// <summary>An origin as browsers write it, or null if the text is none.</summary>
    public static string? Canonical(string text)
    {
        if (text.Any(c => c is <= ' ' or > '~' or '@' or '*' or '\\' or '?' or '#')
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.PathAndQuery != "/"
            || uri.Host.Length == 0
            || !text.StartsWith(uri.Scheme + "://", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>The reason to refuse, or null.</summary>
    /// <param name="ambient">Whether a browser would be admitted by what it has without the page's doing.</param>
    internal Refusal? Check(Credentials credentials, bool ambient)
    {
        if (credentials.Origin.IsEmpty)
        {
            return Required ? Refusal.OriginMissing : null;
        }

        if (Allowed.IsEmpty)
        {
            return ambient || Required ? Refusal.OriginRefused : null;
        }

        return credentials.Origin is [var origin] && Allowed.Contains(origin, StringComparer.Ordinal) ? null : Refusal.OriginRefused;
    }
}
