using FsCheck.Fluent;
using static Mainstay.Preflight.Tests.Shop;

namespace Mainstay.Preflight.Tests;

public sealed class SecretsStayHiddenTests
{
    [Fact]
    public void No_value_of_any_variable_is_in_any_problem()
    {
        var letter = Gen.Elements("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=~$&*!?()[]{}<>,;#'\"\\ ".ToCharArray());
        var value =
            from tail in letter.ArrayOf(10)
            from count in Gen.Choose(0, 30)
            select $"zQ{new string('x', count)}{new string(tail)}";
        var cases =
            from name in Gen.Elements("JWT_SECRET", "REDIS_URL", "DB_PASSWORD", "PORT", "KEY_PATH", "MODE")
            from values in value.ListOf(4)
            from quote in Gen.Elements("", "\"", "'")
            from type in Gen.Elements("string", "int", "url", "pem", "file", "secret", "duration", "bytes", "bool")
            select (Name: name, Values: values.ToArray(), Quote: quote, Type: type);

        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var host = NewHost();

            // The bare value is what is left of a value of several lines that lost its quotes.
            var lines = c.Values.Select((v, i) => $"{(i == 0 ? c.Name : $"{c.Name}_{i}")}={c.Quote}{v}{c.Quote}").Append($"{c.Values[0]}").Append($"export {c.Name}={c.Quote}{c.Values[1]}");
            host.AddFile("/srv/shop/api.env", 0b110_110_110, string.Join('\n', lines));
            var stack = Api("port: 3000", "env_file: [ api.env ]", $"env_schema: {{ {c.Name}: {{ type: {c.Type}, pattern: \"^$\", unique: true, together_with: [ ABSENT ], required_if: {c.Name}_1 }}, ABSENT: {{ required: true }} }}");
            var report = Check(stack, host);

            Assert.NotEmpty(report.Problems);
            Assert.All(report.Problems, p => Assert.All(c.Values, v => Assert.DoesNotContain(v[..6], p.ToString(), StringComparison.Ordinal)));
        }));
    }
}
