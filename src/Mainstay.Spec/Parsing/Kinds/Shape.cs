using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A map with known keys that becomes a <typeparamref name="T"/>. Its table of keys is what reads, what the reference shows and what the schema says.</summary>
/// <param name="name">Its heading in the reference and its name in the schema.</param>
internal abstract class Shape<T>(string name) : Kind<T>, IShape
{
    public string Name { get; } = name;

    public abstract ImmutableArray<Key> Keys { get; }

    public override string Expected => $"a map with {Known}";

    /// <summary>The required keys; without any, the first.</summary>
    public override string Example =>
        $"{{ {string.Join(", ", (Keys.Any(k => k.IsRequired) ? Keys.Where(k => k.IsRequired) : Keys.Take(1)).Select(k => $"{k.Name}: {k.Kind!.Example}"))} }}";

    /// <summary>How a message names this map.</summary>
    protected virtual string Called(MapNode map) => map.Path.Length == 0 ? "the manifest" : map.Path;

    protected abstract T Build(Fields fields);

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out T value)
    {
        if (node is not MapNode map)
        {
            ReportWrongType(node, context);
            value = default;
            return false;
        }

        var meant = map.Entries.Select(entry => Check(map, entry, context)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        value = Build(new Fields(map, context, Called(map), meant));
        return true;
    }

    public override JsonNode Schema(SchemaDefinitions definitions) => definitions.Refer(Name, () => Define(definitions));

    public JsonObject Define(SchemaDefinitions definitions)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(Keys.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)k.Schema(definitions)))),
        };
        if (Keys.Where(k => k.IsRequired).Select(k => (JsonNode)k.Name).ToArray() is { Length: > 0 } required)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    /// <returns>What an unknown key was probably meant to be.</returns>
    private string? Check(MapNode map, Entry entry, ReadContext context)
    {
        var key = Keys.FirstOrDefault(k => k.Name == entry.Key);
        if (key is { IsLater: false } || context.Problems.IsFullFor(context.File))
        {
            return null;
        }

        if (key is not null)
        {
            context.Report(
                ManifestCodes.NotAvailable,
                entry.Span,
                $"{Called(map)} asks for \"{key.Name}\", which is not available in this version",
                $"remove \"{key.Name}\"");
            return null;
        }

        var meant = Keys.FirstOrDefault(k => k.AlsoKnownAs.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))?.Name
            ?? NearestWord.To(entry.Key, Keys.Select(k => k.Name));
        context.Report(
            ManifestCodes.UnknownKey,
            entry.Span,
            $"{Called(map)} has the key {Quoted.Text(entry.Key)}, which is not known here",
            meant is null ? $"remove it; known here are {Known}" : $"write \"{meant}\", or remove it",
            meant is null ? entry.Span.Path : KeyPath.Under(map.Path, meant));
        return meant;
    }

    private string Known => string.Join(", ", Keys.Where(k => !k.IsLater).Select(k => k.Name));
}

/// <summary>A shape whatever it builds, for the reference.</summary>
internal interface IShape : IKind
{
    string Name { get; }

    ImmutableArray<Key> Keys { get; }
}
