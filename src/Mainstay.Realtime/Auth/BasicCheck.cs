using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Mainstay.Realtime.Auth;

/// <summary>A user and the digest of what a client must send for it.</summary>
public sealed class BasicPair(string user, string password)
{
    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{user}:{password}"));

    public string User { get; } = user;

    internal bool Matches(ReadOnlySpan<byte> digest) => CryptographicOperations.FixedTimeEquals(_digest, digest);

    public override string ToString() => "(user and password)";
}

/// <summary>HTTP Basic against several pairs, in a time that depends on neither.</summary>
internal static class BasicCheck
{
    private const int MaxLength = 1024;

    public static AuthOutcome Check(ImmutableArray<BasicPair> pairs, Credentials credentials)
    {
        if (credentials.Authorization is not [var header] || AuthorizationHeader.Value(header, "Basic") is not { } encoded)
        {
            return new AuthOutcome.Refused(Refusal.NoCredentials);
        }

        if (Decode(encoded) is not { } sent || !sent.AsSpan().Contains((byte)':'))
        {
            return new AuthOutcome.Refused(Refusal.BasicMalformed);
        }

        // User and password in one digest: a user has no colon, so the pair is unambiguous, and every pair is compared whatever matched before.
        var digest = SHA256.HashData(sent);
        BasicPair? found = null;
        foreach (var pair in pairs)
        {
            found = pair.Matches(digest) ? pair : found;
        }

        return found is null ? new AuthOutcome.Refused(Refusal.BasicWrong) : new AuthOutcome.Admitted(Identity.Of(AuthMethod.Basic, found.User));
    }

    private static byte[]? Decode(string encoded)
    {
        // The decoder skips white space; a header has no reason for any.
        if (encoded.Length > MaxLength || encoded.Any(char.IsWhiteSpace))
        {
            return null;
        }

        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var length) ? bytes[..length] : null;
    }
}
