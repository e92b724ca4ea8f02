using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A value without inner structure, read from its text.</summary>
internal abstract class ScalarKind<T>(ProblemCode code) : Kind<T>
{
    public sealed override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            ReportWrongType(node, context);
            return false;
        }

        if (TryParse(scalar.Text, out value))
        {
            return true;
        }

        context.Report(code, node, $"{Named(node)} is {node.Found}, but must be {Expected}", Hint(scalar.Shown) ?? WriteExample(node));
        return false;
    }

    /// <summary>A variable may stand for any value, so the schema lets it.</summary>
    public sealed override JsonNode Schema(SchemaDefinitions definitions) =>
        TakesAnyText(TextSchema) ? TextSchema : new JsonObject { ["anyOf"] = new JsonArray(TextSchema, definitions.Variable()) };

    protected abstract JsonObject TextSchema { get; }

    protected abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value);

    /// <summary>What to do, when the mistake is a known one; null for the common words.</summary>
    protected virtual string? Hint(string text) => null;

    private static bool TakesAnyText(JsonObject schema) =>
        schema["pattern"] is null
        && schema["type"] is { } type
        && (type is JsonArray types ? types : [type.DeepClone()]).Any(t => t!.GetValue<string>() == "string");
}
