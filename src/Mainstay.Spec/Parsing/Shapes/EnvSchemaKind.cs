using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>Rules written here, or the path of a file that holds them.</summary>
internal sealed class EnvSchemaKind : Kind<EnvSchemaSpec?>
{
    public static EnvRuleShape Rule { get; } = new();

    private static readonly TextKind s_path = CommonKinds.FilePath("api.schema.yaml");

    private static readonly MapKind<EnvRuleSpec> s_rules = new(Rule, CommonKinds.VariableRule, "a map of variables to their rules", "{ PORT: { type: port } }");

    public override string Expected => "a file's path, or a map of variables to their rules";

    public override string Example => "api.schema.yaml";

    public override string Show(EnvSchemaSpec? value) => "none";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, s_rules.Schema(definitions)) };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out EnvSchemaSpec? value)
    {
        value = null;
        switch (node)
        {
            case MapNode:
                value = Rules(node, context, null);
                return value is not null;

            case ScalarNode { IsNothing: false } when s_path.TryRead(node, context, out var path):
                value = InFile(node, path, context);
                return value is not null;

            case ScalarNode { IsNothing: false }:
                return false;

            default:
                ReportWrongType(node, context);
                return false;
        }
    }

    private static EnvSchemaSpec? InFile(Node node, string path, ReadContext context)
    {
        var file = context.Absolute(path);
        var answer = context.TextOf(file);
        if (answer.Text is not { } text)
        {
            context.Report(
                ManifestCodes.SchemaUnreadable,
                node,
                $"{Named(node)} names the file {Quoted.Text(path)}, which {answer.Fault}",
                answer.Missing ? "create the file, correct the path, or write the rules here" : "name a file with the rules that can be read, or write the rules here");
            return null;
        }

        var within = context.Within(path, node);
        var errors = context.Problems.Count;
        var root = YamlTree.Read(text, within);
        if (root is null && context.Problems.Count == errors)
        {
            return new EnvSchemaSpec(file, []);
        }

        return root is null ? null : Rules(root, within, file);
    }

    private static EnvSchemaSpec? Rules(Node node, ReadContext context, string? file) =>
        s_rules.TryRead(node, context, out var rules) ? new EnvSchemaSpec(file, [.. rules.Select(r => r.Value)]) : null;
}
