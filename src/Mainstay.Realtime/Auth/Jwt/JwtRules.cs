using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>What a route asks of a token beside a good signature.</summary>
public sealed record JwtRules
{
    /// <summary>The algorithms that are taken; a key's type decides further.</summary>
    public ImmutableArray<JwtAlgorithm> Algorithms { get; init; } = [JwtAlgorithm.RS256, JwtAlgorithm.ES256];

    /// <summary>The only issuer; null: any.</summary>
    public string? Issuer { get; init; }

    /// <summary>One of these must be among the token's audiences; empty: any.</summary>
    public ImmutableArray<string> Audiences { get; init; } = [];

    /// <summary>How far the issuer's clock and ours may be apart.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a token without a tenant is refused; otherwise it may start any.</summary>
    public bool TenantRequired { get; init; } = true;

    /// <summary>Whether <c>?access_token=</c> is taken. Queries are written into logs by everything on the way.</summary>
    public bool QueryAllowed { get; init; }
}
