using System.Security.Cryptography;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;

namespace Mainstay.Realtime.Tests.Auth;

public sealed class PolicyReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mainstay-auth-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_key_alone_means_tokens_as_in_the_service_before()
    {
        var policy = Good(("JWT_PUBLIC_KEY", Forge.Pem));
        Assert.Equal([AuthMethod.Jwt], policy.Methods);
        policy.Decide(Forge.Bearer(Forge.Rs256())).ShouldAdmit();
    }

    [Fact]
    public void Nothing_at_all_is_a_problem_and_not_an_open_door()
    {
        var reading = Read();
        Assert.Null(reading.Policy);
        Assert.Equal("INGEST_AUTH", Assert.Single(reading.Problems).Variable);
    }

    [Fact]
    public void Public_keys_are_read_in_every_form_and_several_at_once()
    {
        var certificate = Forge.CertificatePem();
        var pkcs1 = Forge.Rsa.ExportRSAPublicKeyPem();
        var path = Path.Combine(_folder.FullName, "key.pem");
        File.WriteAllText(path, Forge.Pem);
        foreach (var text in new[] { Forge.Pem, pkcs1, certificate, Forge.Pem.Replace("\n", "\\n"), "\"" + Forge.Pem.Replace("\n", "\\r\\n") + "\"", Forge.Pem.Replace("\n", "\r\n"), path, "@" + path })
        {
            Good(("JWT_PUBLIC_KEY", text)).Decide(Forge.Bearer(Forge.Rs256())).ShouldAdmit();
        }

        var both = Good(("JWT_PUBLIC_KEY", Forge.Curve.ExportSubjectPublicKeyInfoPem() + "\n" + Forge.OtherRsa.ExportSubjectPublicKeyInfoPem()));
        both.Decide(Forge.Bearer(Forge.Es256())).ShouldAdmit();
        both.Decide(Forge.Bearer(Forge.Rs256(key: Forge.OtherRsa))).ShouldAdmit();
    }

    [Fact]
    public void Every_key_that_cannot_be_used_is_named_with_its_block_and_the_reason()
    {
        using var small = RSA.Create(1024);
        using var wide = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Says("block 1 (PRIVATE KEY) is a private key", Forge.Rsa.ExportPkcs8PrivateKeyPem());
        Says("block 2 (PUBLIC KEY) is an RSA key of 1024 bits", Forge.Pem + "\n" + small.ExportSubjectPublicKeyInfoPem());
        Says("block 1 (PUBLIC KEY) is on another curve than P-256", wide.ExportSubjectPublicKeyInfoPem());
        Says("block 1 (PUBLIC KEY) cannot be decoded", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
        Says("begins 1 times, and 0 times has base64", Forge.Pem[..^10]);
        Says("has no line that begins with -----BEGIN", "hello");
        Says("names a file that does not exist", Path.Combine(_folder.FullName, "none.pem"));
    }

    [Fact]
    public void All_problems_are_told_at_once_by_name_and_without_the_values()
    {
        var reading = Read(
            ("INGEST_AUTH", "jwt,basic,cidr,twilio_signature,signed_url,magic"),
            ("JWT_SECRET", "hunter2hunter2"), ("JWT_ALGORITHMS", "HS256,none"), ("JWT_REQUIRE_TENANT", "maybe"),
            ("BASIC_AUTH", "exotel:opensesame,swordfish"), ("ALLOWED_CIDRS", "10.0.0.1/8,203.0.113.0/24"),
            ("PUBLIC_URL", "voice.example.com"), ("SIGNING_KEY", "tooshortakey"), ("SIGNING_KEY_PREVIOUS", "tooshorttoo"), ("ALLOWED_ORIGINS", "*"));
        Assert.Null(reading.Policy);
        Assert.Equal(
            ["ALLOWED_CIDRS", "ALLOWED_ORIGINS", "BASIC_AUTH", "INGEST_AUTH", "JWT_ALGORITHMS", "JWT_REQUIRE_TENANT", "JWT_SECRET", "PUBLIC_URL", "SIGNING_KEY", "SIGNING_KEY_PREVIOUS", "TWILIO_AUTH_TOKEN"],
            reading.Problems.Select(p => p.Variable).Order(StringComparer.Ordinal));
        Assert.All(new[] { "hunter2", "opensesame", "swordfish", "tooshort", "magic" }, secret => Assert.DoesNotContain(reading.Problems, p => p.ToString().Contains(secret, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("INGEST_AUTH", "none,cidr", "ALLOWED_CIDRS", "10.0.0.0/8", "names \"none\" beside other methods")]
    [InlineData("INGEST_AUTH", "jwt", "BASIC_AUTH", "a:b", "neither it nor JWT_JWKS nor JWT_SECRET gives a key")]
    [InlineData("INGEST_AUTH", "basic", "ALLOWED_CIDRS", ",", "BASIC_AUTH is needed")]
    [InlineData("JWT_JWKS", "keys.json", "JWT_ISSUER", "x", "is neither an http(s) URL nor an absolute path")]
    [InlineData("JWT_JWKS", "https://u:p@issuer.example.com/", "JWT_ISSUER", "x", "has a user in it")]
    [InlineData("JWT_JWKS", "https://issuer.example.com/", "JWT_ALGORITHMS", "RS256,HS256", "allows HS256, and no key of that type is given")]
    [InlineData("ORIGIN_REQUIRED", "true", "INGEST_AUTH", "none", "is set without ALLOWED_ORIGINS")]
    public void A_contradiction_is_told_in_a_sentence(string name, string value, string other, string otherValue, string expected) =>
        Assert.Contains(Read((name, value), (other, otherValue)).Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal) && p.Fix.Length > 0);

    [Fact]
    public void A_public_key_in_the_place_of_a_secret_is_a_problem() =>
        Assert.Equal("JWT_SECRET", Assert.Single(Read(("JWT_SECRET", Forge.Pem)).Problems).Variable);

    [Fact]
    public void Addresses_are_a_method_where_cidr_is_listed_and_asked_of_everybody_where_it_is_not()
    {
        var method = Good(("INGEST_AUTH", "basic,cidr"), ("BASIC_AUTH", "a:b"), ("ALLOWED_CIDRS", "10.0.0.0/8"));
        Assert.True(method is { OnlyFrom: null, Addresses.IsEmpty: false });
        var asked = Good(("INGEST_AUTH", "basic"), ("BASIC_AUTH", "a:b"), ("ALLOWED_CIDRS", "10.0.0.0/8"));
        Assert.True(asked is { OnlyFrom: not null, Addresses.IsEmpty: true });
        asked.Decide(Forge.Basic("a:b")).ShouldRefuse(Refusal.AddressNotListed);
    }

    [Fact]
    public void Everything_that_can_be_set_arrives_in_the_policy()
    {
        var policy = Good(
            ("INGEST_AUTH", "jwt, twilio_signature ,signed_url"), ("JWT_SECRET", Forge.SecretText), ("JWT_ISSUER", "me"), ("JWT_AUDIENCE", "a,b"), ("JWT_REQUIRE_TENANT", "false"), ("JWT_ALLOW_QUERY", "true"),
            ("TWILIO_AUTH_TOKEN", Forge.SecretText), ("PUBLIC_URL", "https://Voice.example.com/base/"), ("SIGNING_KEY", Forge.SecretText), ("ALLOWED_ORIGINS", "https://app.example.com"), ("ORIGIN_REQUIRED", "true"));
        Assert.Equal([JwtAlgorithm.HS256], policy.Jwt!.Rules.Algorithms);
        Assert.Equal(("me", false, true), (policy.Jwt.Rules.Issuer, policy.Jwt.Rules.TenantRequired, policy.Jwt.Rules.QueryAllowed));
        Assert.Equal(["a", "b"], policy.Jwt.Rules.Audiences);
        Assert.Equal("wss://Voice.example.com/base", policy.Twilio!.PublicUrl);
        Assert.Equal("/v1/ingest", policy.SignedUrl!.Route);
        Assert.True(policy.Origins.Required);
        Assert.DoesNotContain(Forge.SecretText, policy.ToString(), StringComparison.Ordinal);
    }

    private static AuthReading Read(params (string Name, string Value)[] settings) => AuthPolicyReader.Read(settings.ToDictionary(s => s.Name, s => s.Value), "/v1/ingest/");

    private static AuthPolicy Good(params (string Name, string Value)[] settings)
    {
        var reading = Read(settings);
        Assert.Empty(reading.Problems);
        return reading.Policy!;
    }

    private static void Says(string expected, string pem)
    {
        var reading = Read(("JWT_PUBLIC_KEY", pem));
        Assert.Null(reading.Policy);
        Assert.Contains(reading.Problems, p => p.Variable == "JWT_PUBLIC_KEY" && p.What.StartsWith(expected, StringComparison.Ordinal));
    }
}
