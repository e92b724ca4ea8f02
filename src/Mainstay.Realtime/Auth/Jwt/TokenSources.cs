using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>Where in a request a token can be: the Authorization header, an offered subprotocol, or, where the route allows it, the query.</summary>
public static class TokenSources
{
    /// <summary>A subprotocol that begins so is a token. It must never be chosen, or the server would say it back.</summary>
    public const string SubProtocolPrefix = "bearer.";

    /// <summary>The name of a token in a query.</summary>
    public const string QueryName = "access_token";

    /// <summary>The subprotocols that a client offered, without tokens: what the server may choose from.</summary>
    public static ImmutableArray<string> OfferedSubProtocols(Credentials credentials) => [.. Offered(credentials).Where(p => !IsToken(p))];

    /// <summary>The one token of the request, or why there is none.</summary>
    internal static (string? Token, Refusal Why) Find(Credentials credentials, bool queryAllowed)
    {
        var inQuery = QueryText.Values(credentials.Query, QueryName).ToArray();
        var tokens = credentials.Authorization.Select(a => AuthorizationHeader.Value(a, "Bearer")).OfType<string>()
            .Concat(Offered(credentials).Where(IsToken).Select(p => p[SubProtocolPrefix.Length..]))
            .Concat(queryAllowed ? inQuery : [])
            .Distinct(StringComparer.Ordinal)
            .Take(2)
            .ToArray();
        return tokens switch
        {
            [var token] => (token, default),
            [] when inQuery.Length > 0 => (null, Refusal.TokenInQuery),
            [] => (null, Refusal.NoCredentials),
            _ => (null, Refusal.SeveralTokens),
        };
    }

    private static IEnumerable<string> Offered(Credentials credentials) =>
        credentials.SubProtocol.SelectMany(line => line.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static bool IsToken(string protocol) => protocol.StartsWith(SubProtocolPrefix, StringComparison.Ordinal);
}
