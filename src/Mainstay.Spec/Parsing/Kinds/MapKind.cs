using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>An entry of a map whose keys the user chooses; the place is the key's.</summary>
internal readonly record struct Named<T>(string Name, T Value, SourceSpan Span);

/// <summary>What the keys of a map may be.</summary>
internal sealed record KeyRule(ProblemCode Code, string Expected, string Pattern, Func<string, bool> Accepts);

/// <summary>A map whose keys the user chooses.</summary>
internal sealed class MapKind<T>(Kind<T> value, KeyRule rule, string expected, string example) : Kind<ImmutableArray<Named<T>>>
{
    public override string Expected => expected;

    public override string Example => example;

    public override string Show(ImmutableArray<Named<T>> value) => "none";

    public override JsonNode Schema(SchemaDefinitions definitions) => new JsonObject
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = rule.Pattern },
        ["additionalProperties"] = value.Schema(definitions),
    };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out ImmutableArray<Named<T>> read)
    {
        read = [];
        if (node is not MapNode map)
        {
            ReportWrongType(node, context);
            return false;
        }

        var entries = ImmutableArray.CreateBuilder<Named<T>>();
        foreach (var entry in map.Entries)
        {
            if (!rule.Accepts(entry.Key))
            {
                context.Report(rule.Code, entry.Span, $"{Named(map)} has the key {Quoted.Text(entry.Key)}, but a key here must be {rule.Expected}", "rename it");
            }

            if (value.TryRead(entry.Value, context, out var one))
            {
                entries.Add(new Named<T>(entry.Key, one, entry.Span));
            }
        }

        read = entries.ToImmutable();
        return true;
    }
}
