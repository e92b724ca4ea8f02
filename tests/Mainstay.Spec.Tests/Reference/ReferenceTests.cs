using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Shapes;
using Mainstay.Spec.Parsing.Shapes.Guards;
using Mainstay.Spec.Problems;
using Mainstay.Spec.Shipped;
using Mainstay.Testing;

namespace Mainstay.Spec.Tests.Reference;

public sealed class ReferenceTests
{
    private static readonly IShape[] s_shapes =
    [
        ManifestReader.Shape, new EdgeShape(), new CertificateShape(), new ServiceShape(), new HealthcheckShape(), new ExpectShape(), new RestartShape(), new BackoffShape(),
        new ResourcesShape(), new StopShape(), new LogsShape(), new SourceShape(), new BuildShape(), new MigrateShape(), new BackupShape(), new DeployShape(),
        new CanaryShape(), new VerifyShape(), new RollbackOnShape(), EnvSchemaKind.Rule, new ExternalShape(), new RouteShape(),
        new GuardsShape(), new SwitchGuardShape(), new SwitchOffShape(), new RateLimitShape(), new IdempotencyShape(), new SwitchShape(),
    ];

    [Fact]
    public void The_page_of_problems_lists_every_code()
    {
        var page = new StringBuilder();
        foreach (var family in ProblemCatalog.Families.Where(f => !f.Codes.IsEmpty))
        {
            page.Append($"\n## {family.Prefix}xxx: {family.Title}\n\n| code | meaning |\n|---|---|\n");
            page.Append(string.Concat(family.Codes.Select(c => $"| {c.Id} | {c.Title.Replace("|", "\\|", StringComparison.Ordinal)} |\n")));
        }

        GeneratedPage.Match(page.Append('\n').ToString(), "problems.md");
    }

    [Fact]
    public void Every_declared_code_is_in_the_catalog_once_and_in_its_own_thousand()
    {
        foreach (var type in typeof(ProblemCatalog).Assembly.GetTypes().Where(t => t.Name.EndsWith("Codes", StringComparison.Ordinal)))
        {
            var declared = type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(p => p.PropertyType == typeof(ProblemCode)).Select(p => (ProblemCode)p.GetValue(null)!).ToList();
            Assert.All(declared, code => Assert.Single(ProblemCatalog.All, c => c.Id == code.Id));
            Assert.Equal(declared.Count, ProblemCatalog.All.Count(declared.Contains));
        }

        Assert.All(ProblemCatalog.Families, family => Assert.All(family.Codes, code => Assert.Matches($"^{family.Prefix}[0-9]{{3}}$", code.Id)));
    }

    [Fact]
    public void The_page_of_ingest_lists_every_variable() => GeneratedPage.Match(Variables(IngestEnvironment.Rules), "ingest.md");

    [Fact]
    public void The_page_of_the_hub_lists_every_variable() => GeneratedPage.Match(Variables(HubEnvironment.Rules), "hub.md");

    [Fact]
    public void The_page_of_the_manifest_lists_every_key()
    {
        var page = new StringBuilder();
        foreach (var shape in s_shapes)
        {
            page.Append($"\n### {char.ToUpperInvariant(shape.Name[0])}{shape.Name[1..]}\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
            page.Append(string.Concat(shape.Keys.Where(k => !k.IsLater).Select(Row)));
        }

        page.Append("\n### Not available in this version\n\nThese words have a meaning already, and are refused until they are carried out:\n");
        page.Append(string.Join(", ", s_shapes.SelectMany(s => s.Keys.Where(k => k.IsLater).Select(k => $"`{k.Name}` ({s.Name})"))));
        GeneratedPage.Match(page.Append(".\n\n").ToString(), "manifest.md");
    }

    [Fact]
    public void The_schema_is_checked_in() => Golden.MatchFile(ManifestSchema.Text, Path.Combine(Repository.Root(), "docs/reference/mainstay.schema.json"));

    [Fact]
    public void The_schema_refers_only_to_what_it_defines()
    {
        var schema = JsonNode.Parse(ManifestSchema.Text)!;
        var references = ManifestSchema.Text.Split("\"$ref\": \"#/$defs/").Skip(1).Select(rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]);

        Assert.All(references, name => Assert.NotNull(schema["$defs"]![name]));
        Assert.False((bool)schema["additionalProperties"]!);
        Assert.Equal(["stack", "services"], schema["required"]!.AsArray().Select(n => (string?)n));
    }

    private static string Variables(ImmutableArray<EnvRuleSpec> rules)
    {
        var page = new StringBuilder("\n| variable | value | default | meaning |\n|---|---|---|---|\n");
        foreach (var rule in rules)
        {
            var value = rule.Values.IsEmpty ? rule.Type.ToString().ToLowerInvariant() : string.Join(", ", rule.Values.Select(v => $"`{v}`"));
            var limits = rule.Min is null ? "" : rule.Max is null ? $", at least {rule.Min}" : $", {rule.Min} to {rule.Max}";
            var needed = rule.RequiredIf is { } condition ? $" Needed with `{condition}`." : rule.RequiredUnless is { } unless ? $" Needed unless `{unless}` is set." : "";
            page.Append($"| `{rule.Name}` | {value}{limits} | {rule.Default ?? ""} | {rule.Description}{needed} |\n");
        }

        return page.Append('\n').ToString();
    }

    private static string Row(Key key) =>
        $"| `{key.Name}` | {Cell(key.Kind is IShape shape ? $"see {shape.Name}" : Shortened(key.Kind!.Expected))} | {(key.IsRequired ? "required" : Cell(key.Default ?? ""))} | {Cell(key.Meaning)} |\n";

    /// <summary>A map that stands for a shape has a table of its own.</summary>
    private static string Shortened(string expected) => expected.IndexOf(", or a map with", StringComparison.Ordinal) is var at and >= 0 ? $"{expected[..at]}, or a map, see below" : expected;

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
