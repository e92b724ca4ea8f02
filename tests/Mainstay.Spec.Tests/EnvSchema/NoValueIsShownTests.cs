using FsCheck.Fluent;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using static Mainstay.Spec.Tests.EnvSchema.EnvSchemaFixture;

namespace Mainstay.Spec.Tests.EnvSchema;

/// <summary>Whatever the rules and whatever the values: no sentence holds a value of the environment.</summary>
public sealed class NoValueIsShownTests
{
    private static readonly string[] Names = ["JWT_SECRET", "DB_PASSWORD", "REDIS_URL", "PORT", "CERT", "CERT_KEY", "MODE", "REDIS_ULR", "SECRET_OLD"];

    [Fact]
    public void No_problem_ever_holds_a_value()
    {
        // Values are marked by a rare beginning, so that a piece of one is found in a sentence too.
        var value =
            from marker in Gen.Elements("zqzq", "\"zqzq", " zqzq", "$zqzq", "redis://:zqzq", "-----BEGIN PRIVATE KEY-----\nzqzq", "changeme-zqzq", "zqzq\nzqzq", "zqzq://")
            from tail in Gen.Elements("", "1", "-----END PRIVATE KEY-----", "@host:99999", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "e8f1", "s", "MB", "/etc", "\"")
            select marker + tail;
        var rule =
            from name in Gen.Elements(Names)
            from type in Gen.Elements(Enum.GetValues<EnvType>())
            from condition in Gen.Elements("JWT_SECRET", "MODE=x", "JWT_SECRET=zqzq", "DB_PASSWORD=zqzq1", null)
            from limit in Gen.Elements("5", "1s", "1KB", "nonsense", null)
            from flag in Gen.Elements(true, false)
            select Rule(name, type) with
            {
                Required = flag,
                RequiredIf = condition,
                RequiredUnless = condition,
                WarnIf = condition,
                Min = limit,
                Max = limit,
                Unique = flag,
                MinLength = flag ? 400 : null,
                MinEntropyBits = flag ? 4000 : null,
                Pattern = flag ? "^[0-9]$" : null,
                Schemes = flag ? ["https"] : [],
                Values = flag ? ["one", "two"] : [],
                TogetherWith = ["CERT_KEY", "ABSENT"],
            };
        var cases =
            from rules in rule.ListOf(6)
            from values in value.ListOf(Names.Length)
            select (Rules: rules, Values: values);

        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var schema = Schema([.. c.Rules]);
            var environment = Env([.. Names.Zip(c.Values, (name, v) => $"{name}={v}")]);
            var source = new SecretSource(schema, environment, Context);
            var problems = EnvSchemaEvaluator.Check(schema, environment, Context).AddRange(SecretRules.Check(source)).AddRange(SecretRules.CheckAcross([source]));

            Assert.NotEmpty(problems);
            Assert.All(problems, p =>
            {
                Assert.DoesNotContain("zqzq", p.ToString(), StringComparison.OrdinalIgnoreCase);
                Assert.True(p.Fix.Length > 0 && p.What.Length > 0);
            });
        }));
    }
}
