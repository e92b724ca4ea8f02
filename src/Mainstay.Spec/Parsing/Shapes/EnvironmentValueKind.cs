using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>The text as written: <c>on</c>, <c>0777</c> and <c>1.10</c> stay what they are. No message ever shows it.</summary>
internal sealed class EnvironmentValueKind : Kind<string>
{
    public override string Expected => "text";

    public override string Example => "production";

    public override JsonNode Schema(SchemaDefinitions definitions) => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out string value)
    {
        value = (node as ScalarNode)?.Text;
        if (node is ScalarNode { IsNothing: true })
        {
            var name = Quoted.Bare(node.Step);
            context.Report(
                ManifestCodes.WrongType,
                node,
                $"{Named(node)} has no value",
                $"write {name}: \"\" for an empty value, or {name}: \"${{{name}}}\" to pass on what the mainstay command has");
            return false;
        }

        if (node is not ScalarNode)
        {
            ReportWrongType(node, context);
        }

        return value is not null;
    }
}
