using System.Collections.Immutable;
using System.Text.Json;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>What the claims of a token with a good signature admit to.</summary>
internal static class JwtClaims
{
    // 9999-12-31: what a date of the platform can hold.
    private const decimal LastSecond = 253402300799m;

    public static AuthOutcome Check(ImmutableDictionary<string, JsonElement> claims, JwtRules rules, DateTimeOffset now)
    {
        var (expiry, notBefore, issuedAt) = (Seconds(claims, "exp"), Seconds(claims, "nbf"), Seconds(claims, "iat"));
        if (!claims.ContainsKey("exp"))
        {
            return new AuthOutcome.Refused(Refusal.ExpiryMissing);
        }

        if (expiry is null
            || (notBefore is null && claims.ContainsKey("nbf"))
            || (issuedAt is null && claims.ContainsKey("iat"))
            || !NameOrAbsent(claims, "sub") || !NameOrAbsent(claims, "tenant_id") || !NameOrAbsent(claims, "interaction_id"))
        {
            return new AuthOutcome.Refused(Refusal.ClaimMalformed);
        }

        var (clock, skew) = (ToSeconds(now), (decimal)rules.Skew.TotalSeconds);
        if (clock >= expiry + skew)
        {
            return new AuthOutcome.Refused(Refusal.Expired);
        }

        if (clock + skew < notBefore || clock + skew < issuedAt)
        {
            return new AuthOutcome.Refused(Refusal.NotYetValid);
        }

        if (rules.Issuer is not null && claims.Text("iss") != rules.Issuer)
        {
            return new AuthOutcome.Refused(Refusal.IssuerWrong);
        }

        if (!rules.Audiences.IsEmpty && !Audiences(claims).Any(a => rules.Audiences.Contains(a, StringComparer.Ordinal)))
        {
            return new AuthOutcome.Refused(Refusal.AudienceWrong);
        }

        var tenant = claims.Text("tenant_id");
        return tenant is null && rules.TenantRequired ? new AuthOutcome.Refused(Refusal.TenantMissing) : new AuthOutcome.Admitted(new(
            AuthMethod.Jwt, claims.Text("sub") ?? "", tenant, claims.Text("interaction_id"), AsText(claims), FromSeconds(Math.Min(expiry.Value + skew, LastSecond))));
    }

    /// <summary>A date of RFC 7519: a JSON number, also with a fraction. Decimal, because a float can overflow into a date that never comes.</summary>
    private static decimal? Seconds(ImmutableDictionary<string, JsonElement> claims, string name) =>
        claims.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var seconds) && seconds is >= 0 and <= LastSecond ? seconds : null;

    private static bool NameOrAbsent(ImmutableDictionary<string, JsonElement> claims, string name) =>
        !claims.ContainsKey(name) || (claims.Text(name) is { } text && Identity.IsName(text));

    private static IEnumerable<string> Audiences(ImmutableDictionary<string, JsonElement> claims)
    {
        if (!claims.TryGetValue("aud", out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.EnumerateArray().All(IsReadableText) => value.EnumerateArray().Select(a => a.GetString()!),
            _ => [],
        };
    }

    private static bool IsReadableText(JsonElement value)
    {
        try
        {
            return value.ValueKind is JsonValueKind.String && value.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: no text.
            return false;
        }
    }

    private static ImmutableSortedDictionary<string, string> AsText(ImmutableDictionary<string, JsonElement> claims) =>
        claims.ToImmutableSortedDictionary(c => c.Key, c => c.Value.ValueKind is JsonValueKind.String ? c.Value.GetString()! : c.Value.GetRawText(), StringComparer.Ordinal);

    private static decimal ToSeconds(DateTimeOffset time) => (decimal)(time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;

    private static DateTimeOffset FromSeconds(decimal seconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
}
