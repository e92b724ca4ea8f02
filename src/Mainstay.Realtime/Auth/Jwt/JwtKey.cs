using System.Security.Cryptography;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>
/// A key that tokens are verified with. Its algorithm follows from its type, so that the text of a public key can never serve as a secret.
/// It is a value: the platform's key objects, which are neither immutable nor shared between threads, live for one verification only.
/// </summary>
public sealed class JwtKey
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;
    private const int Es256SignatureLength = 64;
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly RSAParameters _rsa;
    private readonly ECParameters _curve;
    private readonly Secret? _secret;

    private JwtKey(JwtAlgorithm algorithm, string? keyId, RSAParameters rsa = default, ECParameters curve = default, Secret? secret = null) =>
        (Algorithm, KeyId, _rsa, _curve, _secret) = (algorithm, keyId, rsa, curve, secret);

    public JwtAlgorithm Algorithm { get; }

    /// <summary>The key's name, or null for one that has none and is therefore a candidate for every token.</summary>
    public string? KeyId { get; }

    /// <summary>The length of a secret in bytes; 0 for the others.</summary>
    public int SecretLength => _secret?.Length ?? 0;

    public static JwtKey OfSecret(Secret secret, string? keyId = null) => new(JwtAlgorithm.HS256, keyId, secret: secret);

    /// <summary>The key, or why it cannot be used, as the end of a sentence.</summary>
    internal static (JwtKey? Key, string Fault) OfRsa(RSAParameters parameters, string? keyId)
    {
        try
        {
            using var rsa = RSA.Create(parameters);
            var exponent = parameters.Exponent.AsSpan().TrimStart((byte)0);
            return rsa.KeySize is < MinRsaBits or > MaxRsaBits ? (null, $"is an RSA key of {rsa.KeySize} bits; {MinRsaBits} to {MaxRsaBits} are taken")
                : exponent is [] or [1] || exponent.Length > 4 || (exponent[^1] & 1) == 0 ? (null, "is an RSA key with an exponent that nobody uses")
                : (new(JwtAlgorithm.RS256, keyId, rsa: new() { Modulus = parameters.Modulus, Exponent = parameters.Exponent }), "");
        }
        catch (CryptographicException)
        {
            return (null, "is not a whole RSA key");
        }
    }

    /// <summary>The key, or why it cannot be used, as the end of a sentence.</summary>
    internal static (JwtKey? Key, string Fault) OfCurve(ECParameters parameters, string? keyId)
    {
        if (!parameters.Curve.IsNamed || parameters.Curve.Oid.Value != P256)
        {
            return (null, "is on another curve than P-256");
        }

        try
        {
            // The platform says here whether the point is on the curve.
            using var key = ECDsa.Create(new ECParameters { Curve = parameters.Curve, Q = parameters.Q });
            return (new(JwtAlgorithm.ES256, keyId, curve: new() { Curve = parameters.Curve, Q = parameters.Q }), "");
        }
        catch (CryptographicException)
        {
            return (null, "is not a point of the curve P-256");
        }
    }

    /// <summary>Whether the signature is this key's. The caller has made sure that the token's algorithm is the key's.</summary>
    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        switch (Algorithm)
        {
            case JwtAlgorithm.RS256:
                using (var rsa = RSA.Create(_rsa))
                {
                    return signature.Length == _rsa.Modulus!.AsSpan().TrimStart((byte)0).Length && rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
                }

            case JwtAlgorithm.ES256:
                using (var curve = ECDsa.Create(_curve))
                {
                    // DER, which other protocols use, has another length in all but rare cases, and is no form of a token's in any.
                    return signature.Length == Es256SignatureLength && curve.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
                }

            case JwtAlgorithm.HS256:
                return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_secret!.Bytes, data), signature);

            default:
                return false;
        }
    }
}
