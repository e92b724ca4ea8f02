using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>Where a route's keys come from, and what it asks of tokens.</summary>
public sealed record JwtSettings(ImmutableArray<JwtKey> Keys, string? JwksPath, Uri? JwksUrl, JwtRules Rules)
{
    // A URL may carry a key of its own in its query.
    public override string ToString() => $"(jwt settings with {Keys.Length} keys)";
}
