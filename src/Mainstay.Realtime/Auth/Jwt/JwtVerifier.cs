using System.Collections.Immutable;
using System.Text.Json;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>Whether a token is good: its form, its header, its signature, and only then its claims.</summary>
internal static class JwtVerifier
{
    private const int MaxKeyIdLength = 128;

    // crit and b64 change what is signed, zip and enc what it means, and a key that comes with the token proves nothing.
    private static readonly string[] RefusedHeaders = ["crit", "b64", "zip", "enc", "jwk", "jku", "x5c", "x5u"];

    public static AuthOutcome Verify(string text, JwtRules rules, JwtKeyRing keys, DateTimeOffset now)
    {
        var (token, unreadable) = JwtText.Read(text);
        if (token is null)
        {
            return new AuthOutcome.Refused(unreadable);
        }

        if (CheckHeader(token.Header, rules, out var algorithm, out var keyId) is { } headerFault)
        {
            return new AuthOutcome.Refused(headerFault);
        }

        var candidates = keys.Candidates(algorithm, keyId).ToArray();
        if (candidates.Length == 0)
        {
            return new AuthOutcome.Refused(keys.Complete ? Refusal.KeyUnknown : Refusal.KeysUnavailable);
        }

        if (!candidates.Any(k => k.Verifies(token.SignedBytes, token.Signature)))
        {
            return new AuthOutcome.Refused(WhyNoCandidateVerifies(candidates, keyId, keys));
        }

        return StrictJson.ReadObject(token.Payload) is { } claims ? JwtClaims.Check(claims, rules, now) : new AuthOutcome.Refused(Refusal.TokenMalformed);
    }

    private static Refusal? CheckHeader(ImmutableDictionary<string, JsonElement> header, JwtRules rules, out JwtAlgorithm algorithm, out string? keyId)
    {
        (algorithm, keyId) = (default, header.Text("kid"));
        if (RefusedHeaders.Any(header.ContainsKey))
        {
            return Refusal.TokenHeaderRefused;
        }

        if (header.ContainsKey("typ") && !IsTokenType(header.Text("typ")))
        {
            return Refusal.TokenTypeRefused;
        }

        if (header.ContainsKey("kid") && keyId is not { Length: > 0 and <= MaxKeyIdLength })
        {
            return Refusal.TokenHeaderRefused;
        }

        if (JwtAlgorithmWords.Find(header.Text("alg")) is not { } found || !rules.Algorithms.Contains(found))
        {
            return Refusal.AlgorithmRefused;
        }

        algorithm = found;
        return null;
    }

    /// <summary>Keys without a name are tried for every token; if only those were, the key that the token names may still be to come.</summary>
    private static Refusal WhyNoCandidateVerifies(JwtKey[] candidates, string? keyId, JwtKeyRing keys) =>
        keyId is not null && candidates.All(k => k.KeyId is null) && !keys.Complete ? Refusal.KeysUnavailable
        : keyId is not null && candidates.All(k => k.KeyId is null) && keys.Keys.Any(k => k.KeyId is not null) ? Refusal.KeyUnknown
        : Refusal.SignatureWrong;

    /// <summary>Tokens for other purposes (logout, DPoP proofs) are signed with the same keys.</summary>
    private static bool IsTokenType(string? type) =>
        type is not null && (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type[12..] : type).ToUpperInvariant() is "JWT" or "AT+JWT";
}
