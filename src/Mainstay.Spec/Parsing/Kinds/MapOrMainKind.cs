using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A map that may also be written as its main value alone, in every form that this has: a list of commands, or one command.</summary>
/// <param name="widen">Completes the main value with the map's defaults.</param>
internal sealed class MapOrMainKind<T, TMain>(Shape<T> full, Kind<TMain> main, Func<TMain, ReadContext, T> widen) : Kind<T>
{
    public override string Expected => $"{main.Expected}, or {full.Expected}";

    public override string Example => main.Example;

    public override string Show(T value) => "none";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        new JsonObject { ["anyOf"] = new JsonArray(main.Schema(definitions), full.Schema(definitions)) };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        switch (node)
        {
            case MapNode:
                return full.TryRead(node, context, out value);

            case ListNode or ScalarNode { IsNothing: false }:
                if (!main.TryRead(node, context, out var read))
                {
                    return false;
                }

                value = widen(read, context)!;
                return true;

            default:
                ReportWrongType(node, context);
                return false;
        }
    }
}
