using Mainstay.Spec.Model;

namespace Mainstay.Spec.Tests.Parsing;

public sealed class EnvSchemaRuleTests
{
    [Fact]
    public void Every_rule_of_the_contract_is_read()
    {
        var rule = Assert.Single(Manifest.Service(
            "env_schema:",
            "  REDIS_URL: { type: url, schemes: [ redis, rediss ], required_if: A=b, required_unless: C, pattern: \"^r\", min_length: 8, min_entropy_bits: 1.5, unique: true, together_with: D, warn_if: E, description: text, example: \"redis://x\" }").EnvSchema!.Rules);

        Assert.Equal(
            ("REDIS_URL", EnvType.Url, "A=b", "C", "^r", 8, 1.5, true, "E", "text", "redis://x"),
            (rule.Name, rule.Type, rule.RequiredIf, rule.RequiredUnless, rule.Pattern, rule.MinLength, rule.MinEntropyBits, rule.Unique, rule.WarnIf, rule.Description, rule.Example));
        Assert.Equal(["redis", "rediss"], rule.Schemes);
        Assert.Equal(["D"], rule.TogetherWith);
        Assert.Equal(new SourceSpan(6, 18, "services.api.env_schema.REDIS_URL"), rule.Span);
    }

    [Fact]
    public void A_schema_may_lie_in_a_file_whose_problems_name_the_file()
    {
        var result = Manifest.Read(Manifest.With("env_schema: schemas/api.yaml"), readFile: path => path == "/srv/app/schemas/api.yaml" ? "A: { type: intt }\n" : null);

        Assert.Equal("schemas/api.yaml:1:12: MS1014: A.type is \"intt\", but must be one of string, int, float, bool, duration, bytes, port, url, enum, pem, file, secret\n  fix: write \"int\"\n", Manifest.Screen(result));
    }

    [Fact]
    public void A_schema_file_that_cannot_be_read_is_a_problem() => Assert.Equal("MS1057", Manifest.OnlyProblem(Manifest.With("env_schema: api.yaml")).Code);

    [Fact]
    public void An_empty_schema_file_asks_for_nothing() => Assert.Empty(Manifest.Stack(Manifest.With("env_schema: api.yaml"), readFile: _ => "# nothing yet\n").Services[0].EnvSchema!.Rules);

    [Theory]
    [InlineData("type: enum", "MS1007")]
    [InlineData("type: int, values: [ 1 ]", "MS1055")]
    [InlineData("type: int, schemes: [ a ]", "MS1055")]
    [InlineData("type: int, min: 5, max: 1", "MS1055")]
    [InlineData("type: duration, min: 5", "MS1055")]
    [InlineData("type: bytes, min: 1MB, max: 1KB", "MS1055")]
    [InlineData("type: url, min: 5", "MS1055")]
    [InlineData("required: true, default: x", "MS1055")]
    [InlineData("pattern: \"[\"", "MS1025")]
    [InlineData("required_if: \"=x\"", "MS1028")]
    [InlineData("typ: int", "MS1005")]
    public void A_rule_that_makes_no_sense_is_refused(string rule, string code) =>
        Assert.Equal(code, Manifest.OnlyProblem(Manifest.With($"env_schema: {{ A: {{ {rule} }} }}")).Code);
}
