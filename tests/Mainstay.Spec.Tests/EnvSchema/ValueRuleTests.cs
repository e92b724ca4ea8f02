using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;
using static Mainstay.Spec.Tests.EnvSchema.EnvSchemaFixture;

namespace Mainstay.Spec.Tests.EnvSchema;

/// <summary>Each rule of the env_schema, kept and broken.</summary>
public sealed class ValueRuleTests
{
    [Theory]
    [InlineData(EnvType.Int, "1", "10", "0", "is too small; at least 1 is needed")]
    [InlineData(EnvType.Int, "1", "10", "11", "is too large; at most 10 is permitted")]
    [InlineData(EnvType.Float, "0.5", "1.5", "0.4", "is too small")]
    [InlineData(EnvType.Port, "1024", "65535", "80", "is too small")]
    [InlineData(EnvType.Duration, "1s", "1m", "999ms", "is too small; at least 1s is needed")]
    [InlineData(EnvType.Duration, "1s", "1m", "61s", "is too large")]
    [InlineData(EnvType.Bytes, "1KB", "1MiB", "2MB", "is too large; at most 1MiB is permitted")]
    [InlineData(EnvType.String, "3", "5", "ab", "is 2 characters long; at least 3 are needed")]
    [InlineData(EnvType.Secret, "3", "5", "abcdef", "is 6 characters long; at most 5 are permitted")]
    public void Min_and_max_mean_what_the_type_measures(EnvType type, string min, string max, string outside, string what)
    {
        var rule = Rule("X", type) with { Min = min, Max = max };

        var problem = Assert.Single(Check(rule, $"X={outside}"));
        Assert.Equal("MS2012", problem.Code);
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
        if (type is not (EnvType.String or EnvType.Secret))
        {
            Assert.Empty(Check(rule, $"X={min}"));
            Assert.Empty(Check(rule, $"X={max}"));
        }
    }

    [Fact]
    public void A_file_is_measured_in_bytes()
    {
        var context = Context with { LookAt = _ => new(EnvFileState.Readable, 10) };
        Assert.Equal("MS2012", Ids(EnvSchemaEvaluator.Check(Schema(Rule("X", EnvType.File) with { Min = "1KB" }), Env("X=f"), context)));
    }

    [Fact]
    public void A_limit_that_cannot_be_read_is_the_schemas_problem()
    {
        var problem = Assert.Single(Check(Rule("X", EnvType.Duration) with { Min = "soon" }, "X=1s"));
        Assert.Equal(("MS2025", 3), (problem.Code, problem.Where.Line));
    }

    [Theory]
    [InlineData("^[a-z]+$", "abc", "")]
    [InlineData("^[a-z]+$", "ABC", "MS2015")]
    [InlineData("(?=.*[0-9])abc", "abc1", "")]
    [InlineData("(", "abc", "MS2025")]
    public void A_pattern_is_searched_in_the_value(string pattern, string value, string codes) =>
        Assert.Equal(codes, Ids(Check(Rule("X") with { Pattern = pattern }, $"X={value}")));

    [Fact]
    public void A_pattern_cannot_hang_the_check()
    {
        // The look-ahead forces the backtracking engine, the nested repetition makes it exponential.
        var problem = Assert.Single(Check(Rule("X") with { Pattern = "^(?=a)(a+)+$" }, $"X={new string('a', 60)}!"));
        Assert.Contains("takes too long", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Length_and_chance_are_told_as_numbers()
    {
        Assert.Contains("is 7 characters long; at least 32 are needed", Check(Rule("X", EnvType.Secret) with { MinLength = 32 }, "X=abcdefg")[0].What, StringComparison.Ordinal);

        var guessable = Assert.Single(Check(Rule("X", EnvType.Secret) with { MinEntropyBits = 128 }, $"X={new string('a', 40)}"));
        Assert.Equal("MS2017", guessable.Code);
        Assert.Contains("at least 128 are needed", guessable.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "MS2010")]
    [InlineData("X=", "MS2010")]
    [InlineData("X=  ", "MS2010")]
    [InlineData("X=1", "")]
    public void A_required_variable_must_be_set_and_not_blank(string assignment, string codes) =>
        Assert.Equal(codes, Ids(Check(Rule("X") with { Required = true }, assignment.Length == 0 ? [] : [assignment])));

    [Theory]
    [InlineData("ADAPTER=redis", "ADAPTER=redis", "MS2010")]
    [InlineData("ADAPTER=redis", "ADAPTER=kafka", "")]
    [InlineData("ADAPTER", "ADAPTER=kafka", "MS2010")]
    [InlineData("ADAPTER", "ADAPTER=", "")]
    [InlineData("ADAPTER", "OTHER=1", "")]
    public void Required_if(string condition, string assignment, string codes) =>
        Assert.Equal(codes, Ids(Check(Rule("X") with { RequiredIf = condition }, assignment)));

    [Theory]
    [InlineData("MODE=exotel", "MODE=exotel", "")]
    [InlineData("MODE=exotel", "MODE=web", "MS2010")]
    [InlineData("MODE", "MODE=web", "")]
    [InlineData("MODE", "OTHER=1", "MS2010")]
    public void Required_unless(string condition, string assignment, string codes) =>
        Assert.Equal(codes, Ids(Check(Rule("X") with { RequiredUnless = condition }, assignment)));

    [Fact]
    public void The_reason_of_a_requirement_is_told()
    {
        Assert.Contains("required because ADAPTER=redis", Check(Rule("X") with { RequiredIf = "ADAPTER=redis" }, "ADAPTER=redis")[0].What, StringComparison.Ordinal);
        Assert.Contains("required unless MODE is set", Check(Rule("X") with { RequiredUnless = "MODE" })[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_stands_in_for_what_is_missing_or_blank_and_is_checked_like_any_value()
    {
        var schema = Schema(Rule("A", EnvType.Int) with { Default = "5", Required = true }, Rule("B", EnvType.Int) with { Default = "six" });
        var environment = EnvSchemaEvaluator.WithDefaults(schema, Env("A=", "C=1"));

        Assert.Equal(Env("A=5", "B=six", "C=1"), environment);
        Assert.Equal("MS2011", Ids(EnvSchemaEvaluator.Check(schema, environment, Context)));
    }

    [Fact]
    public void What_Mainstay_will_set_itself_counts_as_set()
    {
        var schema = Schema(Rule("PORT", EnvType.Port) with { Required = true });
        Assert.Empty(EnvSchemaEvaluator.Check(schema, Env(), Context with { Provided = ["PORT"] }));
    }

    [Fact]
    public void Unique_variables_may_not_share_a_value()
    {
        var schema = Schema(Rule("A") with { Unique = true }, Rule("B") with { Unique = true }, Rule("C"));
        var problem = Assert.Single(EnvSchemaEvaluator.Check(schema, Env("A=same", "B=same", "C=same"), Context));
        Assert.Equal("MS2018", problem.Code);
        Assert.Contains("B of service \"api\" has the same value as A", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_that_belong_together_are_set_together()
    {
        var rule = Rule("CERT") with { TogetherWith = ["KEY"] };
        Assert.Equal("MS2019", Ids(Check(rule, "CERT=1")));
        Assert.Empty(Check(rule, "CERT=1", "KEY=2"));
        Assert.Empty(Check(rule));
    }

    [Theory]
    [InlineData("X=memory", "X=memory", "MS2020")]
    [InlineData("X=memory", "X=redis", "")]
    [InlineData("memory", "X=memory", "MS2020")]
    [InlineData("memory", "X=redis", "")]
    [InlineData("NODE_ENV=production", "NODE_ENV=production", "")]
    public void Warn_if_warns_about_a_variable_that_is_set(string condition, string assignment, string codes)
    {
        var problems = Check(Rule("X") with { WarnIf = condition }, assignment);
        Assert.Equal(codes, Ids(problems));
        Assert.All(problems, p => Assert.Equal(Severity.Warning, p.Severity));
    }

    [Fact]
    public void A_misspelled_name_is_told_where_the_right_one_is_missed()
    {
        var missing = Assert.Single(Check(Rule("REDIS_URL") with { Required = true }, "REDIS_ULR=redis://x"));
        Assert.Contains("rename REDIS_ULR", missing.Fix, StringComparison.Ordinal);

        var optional = Assert.Single(Check(Rule("REDIS_URL"), "REDIS_ULR=redis://x"));
        Assert.Equal(("MS2024", Severity.Warning), (optional.Code, optional.Severity));

        var defaulted = Rule("REDIS_URL") with { Default = "redis://localhost" };
        Assert.Equal("MS2024", Ids(Check(defaulted, "REDIS_ULR=redis://x", "REDIS_URL=redis://localhost")));

        Assert.Empty(Check(Rule("DB_PORT"), "DB_HOST=x"));
        Assert.Empty(Check(Rule("REDIS_URL"), "REDIS_URL=redis://x", "REDIS_ULR=redis://x"));
    }

    [Fact]
    public void A_value_is_blamed_where_it_was_set_and_an_absence_where_it_is_asked_for()
    {
        var setAt = new Where("api.env", 7, 1, "");
        var context = Context with { SetAt = new Dictionary<string, Where> { ["A"] = setAt } };
        var problems = EnvSchemaEvaluator.Check(Schema(Rule("A", EnvType.Int), Rule("B") with { Required = true }), Env("A=x"), context);

        Assert.Equal(setAt, problems[0].Where);
        Assert.Equal(new Where("mainstay.yaml", 3, 5, "services.api.env_schema.B"), problems[1].Where);
    }

    [Fact]
    public void Everything_is_found_at_once()
    {
        var schema = Schema(
            Rule("A", EnvType.Int),
            Rule("B") with { Required = true },
            Rule("C", EnvType.Secret) with { MinLength = 32, Pattern = "^[0-9]+$", TogetherWith = ["D"] });

        Assert.Equal("MS2011 MS2010 MS2015 MS2016 MS2019", Ids(EnvSchemaEvaluator.Check(schema, Env("A=x", "C=short"), Context)));
    }
}
