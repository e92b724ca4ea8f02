using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>The keys at one moment.</summary>
/// <param name="Keys">Those that are known.</param>
/// <param name="Complete">Whether every source has been loaded once; before, a key that is missing says nothing about the token.</param>
public sealed record JwtKeyRing(ImmutableArray<JwtKey> Keys, bool Complete = true)
{
    /// <summary>More are not kept of any source, so that a token without a key id costs a bounded number of verifications.</summary>
    public const int MaxKeys = 32;

    public static readonly JwtKeyRing Empty = new([]);

    /// <summary>Candidates for a token: of its algorithm, and by its key id or without any of their own.</summary>
    internal IEnumerable<JwtKey> Candidates(JwtAlgorithm algorithm, string? keyId) =>
        Keys.Where(k => k.Algorithm == algorithm && (keyId is null || k.KeyId is null || string.Equals(k.KeyId, keyId, StringComparison.Ordinal)));

    internal JwtKeyRing And(JwtKeyRing other) => new([.. Keys, .. other.Keys], Complete && other.Complete);
}
