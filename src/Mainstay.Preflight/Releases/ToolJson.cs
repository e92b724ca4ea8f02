using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mainstay.Preflight.Releases;

/// <summary>JSON as the tools read it that it is for: of several members with one name the last counts. JsonNode itself throws at the first look into such an object.</summary>
internal static class ToolJson
{
    /// <summary>Null when it is no JSON object: whoever reads the file in earnest says so himself, and better.</summary>
    public static JsonObject? Parse(string text, JsonDocumentOptions options)
    {
        try
        {
            using var document = JsonDocument.Parse(text, options);
            return Node(document.RootElement) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var member in element.EnumerateObject())
                {
                    map[member.Name] = Node(member.Value);
                }

                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
