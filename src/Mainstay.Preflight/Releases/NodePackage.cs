using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mainstay.Preflight.Releases;

/// <summary>What Node.js and npm read of a package.json. One that cannot be read says nothing.</summary>
internal sealed class NodePackage
{
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 32 };

    private readonly JsonObject _json;

    private NodePackage(JsonObject json) => _json = json;

    public static NodePackage Empty { get; } = new([]);

    /// <summary>Its .js files are ES modules.</summary>
    public bool IsEsModule => Text("type") == "module";

    public string? Main => Text("main");

    public JsonNode? Exports => _json["exports"];

    public string? WantedNode => _json["engines"] is JsonObject engines && engines["node"] is JsonValue node && node.TryGetValue(out string? range) ? range : null;

    public bool HasDependencies => Names("dependencies").Concat(Names("devDependencies")).Concat(Names("optionalDependencies")).Any();

    public static NodePackage Parse(string? text) => text is not null && ToolJson.Parse(text, s_strict) is { } json ? new NodePackage(json) : Empty;

    public string? Script(string name) => _json["scripts"] is JsonObject scripts && scripts[name] is JsonValue value && value.TryGetValue(out string? command) ? command : null;

    private string? Text(string key) => _json[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private ImmutableArray<string> Names(string key) => _json[key] is JsonObject map ? [.. map.Select(m => m.Key)] : [];
}
