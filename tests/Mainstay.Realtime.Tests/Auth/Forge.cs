using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Tests.Auth;

/// <summary>Keys, made anew for every run, and tokens, also such as no honest issuer would make.</summary>
internal static class Forge
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly RSA Rsa = RSA.Create(2048);
    public static readonly RSA OtherRsa = RSA.Create(2048);
    public static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public static readonly string SecretText = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));

    public static long Seconds(int fromNow = 0) => Now.ToUnixTimeSeconds() + fromNow;

    public static string Pem => Rsa.ExportSubjectPublicKeyInfoPem();

    public static JwtKey RsaKey(string? keyId = null, RSA? rsa = null) => JwtKey.OfRsa((rsa ?? Rsa).ExportParameters(false), keyId).Key!;

    public static JwtKey CurveKey(string? keyId = null) => JwtKey.OfCurve(Curve.ExportParameters(false), keyId).Key!;

    public static JwtKey SecretKey => JwtKey.OfSecret(Secret.OfText(SecretText));

    /// <summary>Claims of a token that is good for an hour.</summary>
    public static string Claims(string more = "") => $$"""{"sub":"agent-7","tenant_id":"tenant-a","interaction_id":"int-1","exp":{{Seconds(3600)}}{{more}}}""";

    public static string Token(string header, string claims, Func<byte[], byte[]> sign)
    {
        var text = $"{Part(header)}.{Part(claims)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static string Rs256(string? claims = null, string header = """{"alg":"RS256","typ":"JWT"}""", RSA? key = null) =>
        Token(header, claims ?? Claims(), data => (key ?? Rsa).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Es256(string? claims = null, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation, string header = """{"alg":"ES256"}""") =>
        Token(header, claims ?? Claims(), data => Curve.SignData(data, HashAlgorithmName.SHA256, format));

    public static string Hs256(string? claims = null, string? secret = null, string header = """{"alg":"HS256"}""") =>
        Token(header, claims ?? Claims(), data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret ?? SecretText), data));

    public static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    public static string Part(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static Credentials Bearer(string token) => new() { Authorization = ["Bearer " + token], Path = "/v1/ingest", Host = "voice.example.com", Now = Now };

    public static Credentials Basic(string userAndPassword) => Header("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(userAndPassword)));

    public static Credentials Header(string authorization) => Bearer("") with { Authorization = [authorization] };

    public static Credentials Nothing => Bearer("") with { Authorization = [] };

    public static AuthPolicy JwtPolicy(JwtRules? rules = null, params JwtKey[] keys) => new()
    {
        Methods = [AuthMethod.Jwt],
        Jwt = new(keys.Length == 0 ? [RsaKey()] : [.. keys], null, null, rules ?? new()),
    };

    public static AuthOutcome Decide(this AuthPolicy policy, Credentials credentials) =>
        AuthDecision.Decide(policy, credentials, new(policy.Jwt?.Keys ?? ImmutableArray<JwtKey>.Empty));

    public static string Jwks(params (string? KeyId, RSA Key)[] keys) => "{\"keys\":[" + string.Join(",", keys.Select(k =>
    {
        var parameters = k.Key.ExportParameters(false);
        return $$"""{"kty":"RSA","use":"sig",{{(k.KeyId is null ? "" : $"\"kid\":\"{k.KeyId}\",")}}"n":"{{Part(parameters.Modulus!)}}","e":"{{Part(parameters.Exponent!)}}"}""";
    })) + "]}";

    public static string CertificatePem()
    {
        var request = new CertificateRequest("CN=issuer", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        return certificate.ExportCertificatePem();
    }
}

internal static class OutcomeAssertions
{
    public static Identity ShouldAdmit(this AuthOutcome outcome) => outcome is AuthOutcome.Admitted admitted ? admitted.Identity : throw new InvalidOperationException($"refused: {((AuthOutcome.Refused)outcome).Code}");

    public static void ShouldRefuse(this AuthOutcome outcome, Refusal why) => Assert.Equal(why, Assert.IsType<AuthOutcome.Refused>(outcome).Why);
}
