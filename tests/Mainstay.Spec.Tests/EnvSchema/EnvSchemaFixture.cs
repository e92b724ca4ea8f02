using System.Collections.Immutable;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Tests.EnvSchema;

internal static class EnvSchemaFixture
{
    public static EnvRuleSpec Rule(string name, EnvType type = EnvType.String) =>
        new(name, type, false, null, null, null, null, null, [], [], null, null, null, false, [], null, null, null, new SourceSpan(3, 5, $"services.api.env_schema.{name}"));

    public static EnvSchemaSpec Schema(params ReadOnlySpan<EnvRuleSpec> rules) => new(null, [.. rules]);

    public static EnvSchemaContext Context { get; } = new(
        new ServiceName("api"),
        "mainstay.yaml",
        "/srv/api",
        ImmutableDictionary<string, Where>.Empty,
        [],
        _ => new EnvFileFacts(EnvFileState.Missing));

    public static ImmutableSortedDictionary<string, string> Env(params ReadOnlySpan<string> assignments)
    {
        var environment = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            var at = assignment.IndexOf('=', StringComparison.Ordinal);
            environment[assignment[..at]] = assignment[(at + 1)..];
        }

        return environment.ToImmutable();
    }

    public static ImmutableArray<Problem> Check(EnvRuleSpec rule, params ReadOnlySpan<string> assignments) =>
        EnvSchemaEvaluator.Check(Schema(rule), Env(assignments), Context);

    public static string Ids(IEnumerable<Problem> problems) => string.Join(" ", problems.Select(p => p.Code));
}
