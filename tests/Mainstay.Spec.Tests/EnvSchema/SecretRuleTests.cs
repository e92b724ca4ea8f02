using System.Security.Cryptography;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using static Mainstay.Spec.Tests.EnvSchema.EnvSchemaFixture;

namespace Mainstay.Spec.Tests.EnvSchema;

public sealed class SecretRuleTests
{
    private static readonly string Good = RandomNumberGenerator.GetHexString(48, lowercase: true);

    [Theory]
    [InlineData("JWT_SECRET", "Secret")]
    [InlineData("API_TOKEN", "Secret")]
    [InlineData("STRIPE_KEY", "Secret")]
    [InlineData("stripe_api_key", "Secret")]
    [InlineData("JWT_SECRET_OLD", "Secret")]
    [InlineData("DB_PASSWORD", "Password")]
    [InlineData("POSTGRES_PASS", "Password")]
    [InlineData("PGPASSWORD", "Password")]
    [InlineData("TOKEN_TTL", "None")]
    [InlineData("MAX_TOKENS", "None")]
    [InlineData("PASSWORD_MIN_LENGTH", "None")]
    [InlineData("JWT_PUBLIC_KEY", "None")]
    [InlineData("SSL_KEY_PATH", "None")]
    [InlineData("AWS_ACCESS_KEY_ID", "None")]
    [InlineData("CACHE_KEY", "None")]
    [InlineData("PWD", "None")]
    [InlineData("KEY", "None")]
    [InlineData("NODE_ENV", "None")]
    public void Names_tell_secrets_from_what_is_about_secrets(string name, string kind) => Assert.Equal(kind, SecretNames.Guess(name).ToString());

    [Theory]
    [InlineData("changeme")]
    [InlineData("ChangeMe123!")]
    [InlineData("secret")]
    [InlineData("password")]
    [InlineData("P@ssw0rd-example")]
    [InlineData("your-256-bit-secret")]
    [InlineData("your_jwt_secret_here")]
    [InlineData("<insert token>")]
    [InlineData("{{ secret }}")]
    [InlineData("super-secret-jwt-token-with-at-least-32-characters-long")]
    [InlineData("my-secret-key")]
    [InlineData("s3cr3t")]
    [InlineData("postgres")]
    [InlineData("xxxxxxxxxxxxxxxx")]
    [InlineData("replace-me-in-production")]
    public void Template_values_are_known(string value) => Assert.True(PlaceholderText.Is(value));

    [Fact]
    public void Random_values_are_no_templates_and_hard_to_guess()
    {
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[24];
            random.NextBytes(bytes);
            var hex = Convert.ToHexStringLower(bytes[..16]);
            var base64 = Convert.ToBase64String(bytes);
            Assert.False(PlaceholderText.Is(hex) || PlaceholderText.Is(base64));
            Assert.True(EntropyEstimate.Bits(hex) >= 80, hex);
            Assert.True(EntropyEstimate.Bits(base64) >= 100, base64);
        }
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaa", 0, 8)]
    [InlineData("abcdefghijklmnopqrstuvwx", 0, 12)]
    [InlineData("12345678901234567890", 0, 14)]
    [InlineData("qwfpqwfpqwfpqwfpqwfpqwfp", 0, 20)]
    [InlineData("aB3$kL9!pQ2&", 60, 80)]
    public void Runs_and_repetitions_are_worth_little(string value, double least, double most) => Assert.InRange(EntropyEstimate.Bits(value), least, most);

    [Theory]
    [InlineData("JWT_SECRET", "changeme", "MS2030")]
    [InlineData("JWT_SECRET", "k2$mQ", "MS2031")]
    [InlineData("DB_PASSWORD", "k2$mQ", "MS2031")]
    [InlineData("DB_PASSWORD", "k2$mQx7!", "")]
    [InlineData("JWT_SECRET", "ababababababababababab", "MS2032")]
    [InlineData("REQUIRE_TOKEN", "true", "")]
    [InlineData("REQUIRE_PASSWORD", "1", "")]
    [InlineData("NODE_ENV", "secret", "")]
    [InlineData("JWT_SECRET", "", "")]
    [InlineData("REDIS_URL", "redis://:changeme@cache:6379", "MS2030")]
    public void What_only_looks_like_a_secret_is_warned_about(string name, string value, string codes)
    {
        var problems = Secrets(null, $"{name}={value}");
        Assert.Equal(codes, Ids(problems));
        Assert.All(problems, p => Assert.Equal(Severity.Warning, p.Severity));
    }

    [Fact]
    public void A_declared_secret_that_is_weak_is_an_error()
    {
        var schema = Schema(Rule("SIGNER", EnvType.Secret));
        Assert.All((string[])["changeme", "k2$mQ", "ababababababababababab"], value =>
            Assert.Equal(Severity.Error, Assert.Single(Secrets(schema, $"SIGNER={value}")).Severity));
        Assert.Empty(Secrets(schema, $"SIGNER={Good}"));
    }

    [Fact]
    public void The_schemas_own_default_and_example_are_nobodys_secret()
    {
        Assert.Equal("MS2030", Ids(Secrets(Schema(Rule("SIGNER", EnvType.Secret) with { Default = Good }), $"SIGNER={Good}")));
        Assert.Equal("MS2030", Ids(Secrets(Schema(Rule("SIGNER", EnvType.Secret) with { Example = Good }), $"SIGNER={Good}")));
    }

    [Fact]
    public void Limits_of_the_schema_replace_ours() =>
        Assert.Empty(Secrets(Schema(Rule("PIN", EnvType.Secret) with { MinLength = 4 }), "PIN=k2$m"));

    [Fact]
    public void Another_type_in_the_schema_says_that_it_is_no_secret() =>
        Assert.Empty(Secrets(Schema(Rule("SORTING_KEY", EnvType.Enum) with { Values = ["name"] }), "SORTING_KEY=name"));

    [Fact]
    public void A_blank_around_a_secret_is_told() => Assert.Equal("MS2034", Ids(Secrets(null, $"JWT_SECRET={Good} ")));

    [Fact]
    public void One_secret_under_two_names_is_told_once_for_each_further_name()
    {
        var problem = Assert.Single(SecretRules.CheckAcross([Source(null, Context, $"A_SECRET={Good}", $"B_SECRET={Good}", $"C_URL={Good}")]));
        Assert.Equal(("MS2033", Severity.Warning), (problem.Code, problem.Severity));
        Assert.Contains("B_SECRET of service \"api\" has the same value as A_SECRET", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Services_that_read_one_file_share_its_secrets_on_purpose()
    {
        var other = Context with { Service = new ServiceName("web") };
        var file = new Dictionary<string, Where> { ["JWT_SECRET"] = new("shared.env", 1, 1, "") };
        var copy = new Dictionary<string, Where> { ["JWT_SECRET"] = new("web.env", 1, 1, "") };

        Assert.Empty(SecretRules.CheckAcross([
            Source(null, Context with { SetAt = file }, $"JWT_SECRET={Good}"),
            Source(null, other with { SetAt = file }, $"JWT_SECRET={Good}")]));
        Assert.Equal("MS2033", Ids(SecretRules.CheckAcross([
            Source(null, Context with { SetAt = file }, $"JWT_SECRET={Good}"),
            Source(null, other with { SetAt = copy }, $"JWT_SECRET={Good}")])));
    }

    [Fact]
    public void What_must_be_unique_differs_in_the_whole_stack()
    {
        var unique = Schema(Rule("JWT_SECRET", EnvType.Secret) with { Unique = true }, Rule("NODE_ID") with { Unique = true });
        var problems = SecretRules.CheckAcross([
            Source(unique, Context, $"JWT_SECRET={Good}", "NODE_ID=7"),
            Source(Schema(Rule("SHARD_ID") with { Unique = true }), Context with { Service = new ServiceName("web") }, $"SESSION_SECRET={Good}", "SHARD_ID=7", "COUNT=7")]);

        Assert.Equal("MS2018 MS2018", Ids(problems));
        Assert.All(problems, p => Assert.Equal(Severity.Error, p.Severity));
    }

    private static SecretSource Source(EnvSchemaSpec? schema, EnvSchemaContext context, params ReadOnlySpan<string> assignments) => new(schema, Env(assignments), context);

    private static System.Collections.Immutable.ImmutableArray<Problem> Secrets(EnvSchemaSpec? schema, params ReadOnlySpan<string> assignments) => SecretRules.Check(Source(schema, Context, assignments));
}
