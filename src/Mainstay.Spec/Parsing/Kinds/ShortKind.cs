using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A map that may also be written as one value, such as <c>restart: always</c>.</summary>
internal sealed class ShortKind<T, TShort>(Shape<T> full, Kind<TShort> brief, Func<TShort, T> widen, Func<T, string> show) : Kind<T>
{
    public override string Expected => $"{brief.Expected}, or {full.Expected}";

    public override string Example => brief.Example;

    public override string Show(T value) => show(value);

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        new JsonObject { ["anyOf"] = new JsonArray(brief.Schema(definitions), full.Schema(definitions)) };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        switch (node)
        {
            case MapNode:
                return full.TryRead(node, context, out value);

            case ScalarNode { IsNothing: false }:
                if (!brief.TryRead(node, context, out var text))
                {
                    return false;
                }

                value = widen(text)!;
                return true;

            default:
                ReportWrongType(node, context);
                return false;
        }
    }
}
