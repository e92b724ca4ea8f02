using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.Validation;

public sealed class DependencyTests
{
    [Fact]
    public void Waiting_for_something_undeclared_is_told_with_the_words_of_the_contract() =>
        Assert.Equal(
            "mainstay.yaml:5:19: MS1042: service \"api\" waits for \"db\", which is not declared\n  fix: declare \"db\" under services or external, or remove it from depends_on",
            Manifest.OnlyProblem(Manifest.With("depends_on: [ db ]")).ToString());

    [Fact]
    public void A_name_that_is_nearly_right_is_suggested() =>
        Assert.StartsWith("write \"redis\" if that was meant; else declare", Manifest.OnlyProblem(Manifest.With("depends_on: [ redsi ]") + "external: { redis: { tcp: \"h:1\" } }\n").Fix, StringComparison.Ordinal);

    [Fact]
    public void A_broken_service_is_not_an_undeclared_one() =>
        Assert.Equal(["MS1006"], Codes(Manifest.With("depends_on: [ db ]") + "  db: broken\n"));

    [Fact]
    public void Nobody_waits_for_itself() => Assert.Equal(["MS1044"], Codes(Manifest.With("depends_on: [ api ]")));

    [Fact]
    public void Nobody_waits_twice() => Assert.Equal(["MS1004"], Codes(Manifest.With("depends_on: [ db, db ]") + "external: { db: { tcp: \"h:1\" } }\n"));

    [Theory]
    [InlineData("completed", "", "MS1045")]
    [InlineData("completed", ", restart: on-failure", null)]
    [InlineData("completed", ", restart: never", null)]
    [InlineData("healthy", "", "MS1045")]
    [InlineData("healthy", ", port: auto", null)]
    [InlineData("healthy", ", healthcheck: { notify: true }", null)]
    [InlineData("started", "", null)]
    public void A_condition_must_be_able_to_come_true(string condition, string other, string? code) =>
        Assert.Equal(code is null ? [] : [code], Codes(Manifest.With($"depends_on: {{ db: {condition} }}") + $"  db: {{ command: [ x ]{other} }}\n"));

    [Fact]
    public void An_external_never_completes() =>
        Assert.Equal(["MS1045"], Codes(Manifest.With("depends_on: { db: completed }") + "external: { db: { tcp: \"h:1\" } }\n"));

    [Fact]
    public void A_name_is_a_service_or_an_external() => Assert.Equal(["MS1041"], Codes(Manifest.With() + "external: { api: { tcp: \"h:1\" } }\n"));

    [Fact]
    public void A_circle_is_told_whole_from_its_first_service_at_the_place_of_its_first_wish()
    {
        var problem = Manifest.OnlyProblem("""
            stack: s
            services:
              web: { command: [ x ], depends_on: [ api ] }
              api: { command: [ x ], depends_on: [ db ] }
              cache: { command: [ x ], depends_on: [ api ] }
              db: { command: [ x ], depends_on: [ cache ] }
            """);

        Assert.Equal("services wait for each other in a circle: api -> db -> cache -> api", problem.What);
        Assert.Equal(new Where("mainstay.yaml", 4, 40, "services.api.depends_on[0]"), problem.Where);
    }

    [Fact]
    public void Every_circle_is_told()
    {
        var result = Manifest.Read("""
            stack: s
            services:
              a: { command: [ x ], depends_on: [ b, c ] }
              b: { command: [ x ], depends_on: [ a ] }
              c: { command: [ x ], depends_on: [ a ] }
              d: { command: [ x ], depends_on: [ e ] }
              e: { command: [ x ], depends_on: [ d ] }
            """);

        Assert.Equal(["a -> b -> a", "a -> c -> a", "d -> e -> d"], result.Problems.Select(p => p.What[(p.What.IndexOf(": ", StringComparison.Ordinal) + 2)..]));
    }

    private static IEnumerable<string> Codes(string text) => Manifest.Read(text).Problems.Select(p => p.Code);
}
