using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Mainstay.Spec.Diff;

/// <summary>Whether two parts of a model say the same, wherever they stand in the file. Arrays of records have no equality of their own.</summary>
internal static class Canonical
{
    public static bool Same<T>(T one, T other, JsonTypeInfo<T> form) =>
        JsonNode.DeepEquals(WithoutPlaces(JsonSerializer.SerializeToNode(one, form)), WithoutPlaces(JsonSerializer.SerializeToNode(other, form)));

    private static JsonNode? WithoutPlaces(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                // A place is an object; a header or variable that is called so is a text.
                if (map["span"] is JsonObject)
                {
                    map.Remove("span");
                }

                foreach (var (_, value) in map)
                {
                    WithoutPlaces(value);
                }

                break;

            case JsonArray list:
                foreach (var item in list)
                {
                    WithoutPlaces(item);
                }

                break;
        }

        return node;
    }
}
