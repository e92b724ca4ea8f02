using FsCheck;
using FsCheck.Fluent;
using Mainstay.Supervisor.Diagnosis;

namespace Mainstay.Supervisor.Tests.Diagnosis;

public class RedactorTests
{
    [Theory]
    [InlineData("API_KEY")]
    [InlineData("JWT_SECRET")]
    [InlineData("DB_PASSWORD")]
    [InlineData("DATABASE_PASS")]
    [InlineData("SENTRY_DSN")]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("TLS_PRIVATE_PEM")]
    [InlineData("StripeApiKey")]
    public void A_variable_whose_name_says_so_is_secret(string name) => Assert.True(Redactor.LooksSecret(name));

    [Theory]
    [InlineData("NODE_ENV")]
    [InlineData("PORT")]
    [InlineData("KEYSPACE")]
    [InlineData("MONKEY_COUNT")]
    public void Others_are_not(string name) => Assert.False(Redactor.LooksSecret(name));

    [Theory]
    [InlineData("token is s3cr3t-value!", "token is ***")]
    [InlineData("https://x/?k=s3cr3t-value%21", "https://x/?k=***")]
    [InlineData("s3cr3t-values3cr3t-value!", "s3cr3t-value***")]
    [InlineData("postgres://app:pgpw@db:5432/shop", "postgres://app:***@db:5432/shop")]
    [InlineData("connect failed for pgpw", "connect failed for ***")]
    [InlineData("password=letmein123 user=app", "password=*** user=app")]
    [InlineData("Authorization: Bearer abcdef123456", "Authorization: Bearer ***")]
    [InlineData("Missing required environment variable: JWT_SECRET", "Missing required environment variable: JWT_SECRET")]
    [InlineData("JWT_SECRET: undefined", "JWT_SECRET: undefined")]
    [InlineData("feature is true", "feature is true")]
    public void What_is_secret_is_hidden_and_the_rest_is_not(string line, string shown)
    {
        var redactor = Redactor.Of(new Dictionary<string, string>
        {
            ["API_TOKEN"] = "s3cr3t-value!",
            ["DATABASE_URL"] = "postgres://app:pgpw@db:5432/shop",
            ["USE_AUTH"] = "true",
            ["NODE_ENV"] = "production",
        });
        Assert.Equal(shown, redactor.Redact(line));
    }

    [Fact]
    public void No_secret_value_ever_comes_through() =>
        Prop.ForAll(Secrets(), Texts(), (secrets, pieces) =>
        {
            var redactor = Redactor.Of(secrets.Select((s, i) => KeyValuePair.Create($"SECRET_{i}", s)));
            var text = string.Concat(pieces.Select(p => p.Length > 0 && p[0] == '#' ? secrets[p.Length % secrets.Length] : p));
            var shown = redactor.Redact(text);
            return secrets.Where(s => s.Length >= 4 && s.Trim() == s && s != "true").All(s => !shown.Contains(s, StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    // Few letters, so that secrets overlap each other, the text around them, and the mask.
    private static Arbitrary<string[]> Secrets() =>
        Gen.NonEmptyListOf(Gen.Choose(1, 7).SelectMany(n => Gen.Elements('a', 'b', '*', ' ', '"').ArrayOf(n)).Select(c => new string(c))).Select(l => l.ToArray()).ToArbitrary();

    private static Arbitrary<string[]> Texts() =>
        Gen.ListOf(Gen.OneOf(Gen.Elements("#", "##", "###", "a", "b", "*", "ab"), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""))).Select(l => l.ToArray()).ToArbitrary();
}
