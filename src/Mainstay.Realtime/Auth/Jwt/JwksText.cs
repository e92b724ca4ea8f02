using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>A JSON Web Key Set as keys. What is not for us to verify with is passed over, as RFC 7517 (5) wants.</summary>
internal static class JwksText
{
    /// <summary>A set is a few kilobytes; more is not a set.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The keys, or an empty set and why there is none, as the end of a sentence.</summary>
    public static (ImmutableArray<JwtKey> Keys, string Fault) Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            return ([], $"is longer than {MaxBytes / 1024} KiB");
        }

        if (StrictJson.ReadObject(bytes) is not { } set || !set.TryGetValue("keys", out var list) || list.ValueKind is not JsonValueKind.Array)
        {
            return ([], "is not a JSON object with a list \"keys\" and without doubled members");
        }

        var keys = list.EnumerateArray().Select(ReadKey).OfType<JwtKey>().Take(JwtKeyRing.MaxKeys).ToImmutableArray();
        return (keys, keys.IsEmpty ? "has no RSA key of 2048 bits or more and no P-256 key to verify signatures with" : "");
    }

    private static JwtKey? ReadKey(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object || StrictJson.ReadObject(JsonSerializer.SerializeToUtf8Bytes(element)) is not { } key || !IsForSignatures(key))
        {
            return null;
        }

        var keyId = key.Text("kid");
        if (key.ContainsKey("kid") && keyId is not { Length: > 0 and <= 128 })
        {
            return null;
        }

        return key.Text("kty") switch
        {
            "RSA" when AlgorithmIs(key, "RS256") && Bytes(key, "n") is { } modulus && Bytes(key, "e") is { } exponent =>
                JwtKey.OfRsa(new() { Modulus = modulus, Exponent = exponent }, keyId).Key,
            "EC" when AlgorithmIs(key, "ES256") && key.Text("crv") == "P-256" && Bytes(key, "x") is { Length: 32 } x && Bytes(key, "y") is { Length: 32 } y =>
                JwtKey.OfCurve(new() { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } }, keyId).Key,

            // "oct" is a secret, and a set that is published is no place for one.
            _ => null,
        };
    }

    private static bool IsForSignatures(ImmutableDictionary<string, JsonElement> key) =>
        (!key.ContainsKey("use") || key.Text("use") == "sig")
        && (!key.TryGetValue("key_ops", out var uses) || (uses.ValueKind is JsonValueKind.Array && uses.EnumerateArray().Any(u => u.ValueKind is JsonValueKind.String && u.ValueEquals("verify"))));

    private static bool AlgorithmIs(ImmutableDictionary<string, JsonElement> key, string algorithm) => !key.ContainsKey("alg") || key.Text("alg") == algorithm;

    private static byte[]? Bytes(ImmutableDictionary<string, JsonElement> key, string name) => key.Text(name) is { Length: > 0 } text ? Base64UrlText.Decode(text) : null;
}
