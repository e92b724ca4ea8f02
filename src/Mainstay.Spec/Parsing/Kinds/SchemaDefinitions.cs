using System.Text.Json.Nodes;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>The <c>$defs</c> of the JSON Schema; each shape is described once and referred to.</summary>
internal sealed class SchemaDefinitions
{
    private readonly SortedDictionary<string, JsonNode?> _definitions = new(StringComparer.Ordinal);

    public JsonObject Variable() => Refer("variable", () => new JsonObject
    {
        ["description"] = "A value that ${NAME} or ${NAME:?message} fills in.",
        ["type"] = "string",
        ["pattern"] = @"\$\{",
    });

    public JsonObject Refer(string name, Func<JsonNode> define)
    {
        // Entered first, so that a shape may contain itself.
        if (_definitions.TryAdd(name, null))
        {
            _definitions[name] = define();
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    public JsonObject All() => new(_definitions.Select(d => KeyValuePair.Create(d.Key, d.Value)));
}
