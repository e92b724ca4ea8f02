using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>An item of a list with its place.</summary>
internal readonly record struct Item<T>(T Value, SourceSpan Span);

/// <summary>A list; with <paramref name="orOne"/>, a single item may stand without the list around it.</summary>
internal sealed class ListKind<T>(Kind<T> item, string expected, bool orOne = false) : Kind<ImmutableArray<Item<T>>>
{
    public override string Expected => expected;

    public override string Example => item.Example.Length == 0 ? "" : $"[ {item.Example} ]";

    public override string Show(ImmutableArray<Item<T>> value) => value.IsEmpty ? "none" : $"[ {string.Join(", ", value.Select(i => item.Show(i.Value)))} ]";

    public override JsonNode Schema(SchemaDefinitions definitions)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(definitions) };
        return orOne ? new JsonObject { ["anyOf"] = new JsonArray(list, item.Schema(definitions)) } : list;
    }

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out ImmutableArray<Item<T>> value)
    {
        value = [];
        if (node is not ListNode && !(orOne && node is not (ScalarNode { IsNothing: true } or BrokenNode)))
        {
            ReportWrongType(node, context);
            return false;
        }

        var items = ImmutableArray.CreateBuilder<Item<T>>();
        foreach (var each in node is ListNode list ? list.Items : [node])
        {
            if (item.TryRead(each, context, out var read))
            {
                items.Add(new Item<T>(read, each.Span));
            }
        }

        value = items.ToImmutable();
        return true;
    }
}
