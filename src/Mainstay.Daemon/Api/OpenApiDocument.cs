using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Contracts;

namespace Mainstay.Daemon.Api;

/// <summary>The OpenAPI 3.1 description, made from the endpoint table and the wire types themselves, so that it cannot disagree with them.</summary>
internal static class OpenApiDocument
{
    public static string Text()
    {
        var paths = new JsonObject();
        foreach (var endpoint in ApiEndpoints.All)
        {
            paths[endpoint.Path] = new JsonObject { [endpoint.Method.ToLowerInvariant()] = Operation(endpoint) };
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Mainstay",
                ["version"] = "1",
                ["description"] = "HTTP over the unix socket run/api.sock of a home. Who may open the socket may do everything.",
            },
            ["paths"] = paths,
        };
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            document.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static JsonObject Operation(ApiEndpoint endpoint)
    {
        var answer = new JsonObject { ["description"] = endpoint.Stream ? "One JSON text per line." : "The document." };
        if (endpoint.Answer is { } type)
        {
            answer["content"] = Content(endpoint.Stream ? Ndjson.ContentType : "application/json", type);
        }

        var operation = new JsonObject
        {
            ["operationId"] = endpoint.Operation.ToString(),
            ["summary"] = endpoint.Summary,
            ["responses"] = new JsonObject
            {
                ["200"] = answer,
                ["default"] = new JsonObject
                {
                    ["description"] = "Why it was not done.",
                    ["content"] = Content("application/problem+json", WireJson.Default.ErrorDocument),
                },
            },
        };
        if (endpoint.Request is { } request)
        {
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", request) };
        }

        return operation;
    }

    private static JsonObject Content(string mediaType, JsonTypeInfo type) =>
        new() { [mediaType] = new JsonObject { ["schema"] = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }) } };
}
