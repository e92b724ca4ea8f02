namespace Mainstay.Realtime.Auth;

/// <summary>Scheme and value of an Authorization header.</summary>
internal static class AuthorizationHeader
{
    /// <summary>What follows the scheme, or null if the header is of another scheme. Schemes have no case; one or more spaces divide.</summary>
    public static string? Value(string header, string scheme)
    {
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (header.Length == scheme.Length)
        {
            return "";
        }

        return header[scheme.Length] == ' ' ? header[scheme.Length..].Trim(' ') : null;
    }
}
