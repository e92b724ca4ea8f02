using System.Security.Cryptography;
using Mainstay.Spec.Problems;

namespace Mainstay.Preflight.Tests.Releases;

/// <summary>Every secret here is made at run time: none lies in this repository either.</summary>
public sealed class SecretScanTests : IDisposable
{
    private const string UpperDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyz" + UpperDigits;

    private readonly TempRelease _release = new();

    public void Dispose() => _release.Dispose();

    [Fact]
    public void A_private_key_is_an_error_where_it_stands()
    {
        using var key = RSA.Create(2048);
        _release.With("deploy/id.pem", "# mine\n" + key.ExportRSAPrivateKeyPem());

        var problem = Assert.Single(_release.Check());
        Assert.Equal(("MS6020", Severity.Error, "deploy/id.pem:2:1"), (problem.Code, problem.Severity, problem.Where.ToString()));
        Assert.Equal("deploy/id.pem holds a private key, which everybody has who has the source", problem.What);
    }

    [Fact]
    public void One_in_a_JSON_text_is_found_too()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _release.With("gcp.json", $$"""{ "private_key": "{{key.ExportPkcs8PrivateKeyPem().Replace("\n", "\\n", StringComparison.Ordinal)}}" }""");

        Assert.Equal("MS6020", Assert.Single(_release.Check()).Code);
    }

    [Fact]
    public void A_public_key_and_the_mere_first_line_of_a_private_one_are_not()
    {
        using var key = RSA.Create(2048);
        _release.With("public.pem", key.ExportRSAPublicKeyPem()).With("pem.js", "if (text.startsWith('-----BEGIN PRIVATE " + "KEY-----')) { return parse(text); }\n");

        Assert.Empty(_release.Check());
    }

    [Fact]
    public void A_key_of_the_tests_is_a_warning()
    {
        using var key = RSA.Create(2048);

        Assert.Equal(Severity.Warning, Assert.Single(_release.With("api/tests/fixtures/key.pem", key.ExportRSAPrivateKeyPem()).Check()).Severity);
    }

    public static TheoryData<string, string, int, string> Tokens => new()
    {
        { "AK" + "IA", UpperDigits, 16, "an AWS access key" },
        { "AI" + "za", Alphanumeric, 35, "a Google API key" },
        { "sk_" + "live_", Alphanumeric, 24, "a live Stripe key" },
        { "xox" + "b-", Alphanumeric, 40, "a Slack token" },
        { "gh" + "p_", Alphanumeric, 36, "a GitHub token" },
        { "gl" + "pat-", Alphanumeric, 20, "a GitLab token" },
        { "np" + "m_", Alphanumeric, 36, "an npm token" },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public void A_live_token_is_an_error_and_is_not_shown(string prefix, string alphabet, int length, string what)
    {
        var token = prefix + RandomNumberGenerator.GetString(alphabet, length);
        _release.With("src/config.js", $"export const key =\n  \"{token}\";\n");

        var problem = Assert.Single(_release.Check());
        Assert.Equal(("MS6021", Severity.Error, 2, 4), (problem.Code, problem.Severity, problem.Where.Line, problem.Where.Column));
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
        Assert.DoesNotContain(token[prefix.Length..], problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void A_placeholder_of_its_form_is_not(string prefix, string alphabet, int length, string what)
    {
        Assert.NotEmpty(alphabet + what);
        _release.With("README.md", prefix + new string('X', length)).With("doc.md", prefix + new string('A', length - 7) + "EXAMPLE");

        Assert.Empty(_release.Check());
    }

    [Fact]
    public void A_filled_in_env_file_is_a_warning_that_names_what_it_sets()
    {
        var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        _release.With(".env", $"PORT=3000\nJWT_SECRET={secret}\nDB_PASSWORD={secret}x\nTOKEN_TTL=3600\n");

        var problem = Assert.Single(_release.Check());
        Assert.Equal(("MS6022", Severity.Warning, ".env:2:1", ".env lies in the source and sets JWT_SECRET, DB_PASSWORD"), (problem.Code, problem.Severity, problem.Where.ToString(), problem.What));
        Assert.DoesNotContain(secret, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".env", "JWT_SECRET=changeme\nDB_PASSWORD=\nPORT=3000\n")]
    [InlineData(".env.example", null)]
    [InlineData("api.env.sample", null)]
    [InlineData("node_modules/x/.env", null)]
    [InlineData(".git/x.env", null)]
    public void A_template_is_not(string path, string? text)
    {
        _release.With(path, text ?? $"JWT_SECRET={RandomNumberGenerator.GetHexString(32)}\n");

        Assert.Empty(_release.Check());
    }

    [Fact]
    public void Binary_and_large_files_are_not_read()
    {
        var token = "gh" + "p_" + RandomNumberGenerator.GetString(Alphanumeric, 36);
        _release.With("image.bin", $"\0{token}").With("large.txt", token + "\n" + new string('x', 1_000_001));

        Assert.Empty(_release.Check());
    }
}
