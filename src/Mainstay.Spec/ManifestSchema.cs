using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Parsing.Kinds;

namespace Mainstay.Spec;

/// <summary>The JSON Schema of the manifest, for editors; made from the same table of keys that the parser reads by.</summary>
public static class ManifestSchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As <c>mainstay schema</c> prints it, with a line break at the end.</summary>
    public static string Text { get; } = Write();

    private static string Write()
    {
        var definitions = new SchemaDefinitions();
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Mainstay manifest",
        };
        foreach (var (key, value) in ManifestReader.Shape.Define(definitions).ToList())
        {
            schema[key] = value?.DeepClone();
        }

        schema["$defs"] = definitions.All();
        return schema.ToJsonString(s_indented).ReplaceLineEndings("\n") + "\n";
    }
}
