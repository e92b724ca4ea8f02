using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Mainstay.Contracts;

namespace Mainstay.Daemon.Api;

internal enum ApiOperation
{
    Version,
    Status,
    Events,
    Apply,
    Act,
    Scale,
    Down,
    ReloadEdge,
    OpenApi,
}

/// <param name="Request">Null when there is no body.</param>
/// <param name="Answer">Null for a document that describes itself.</param>
/// <param name="Stream">The answer is one such JSON text per line, until it ends.</param>
internal sealed record ApiEndpoint(ApiOperation Operation, string Method, string Path, string Summary, JsonTypeInfo? Request, JsonTypeInfo? Answer, bool Stream);

/// <summary>Everything that the API offers; the router and the OpenAPI document both come from here.</summary>
internal static class ApiEndpoints
{
    private static readonly WireJson Json = WireJson.Default;

    public static ImmutableArray<ApiEndpoint> All { get; } =
    [
        new(ApiOperation.Version, "GET", "/v1/version", "Which daemon answers here.", null, Json.VersionDocument, false),
        new(ApiOperation.Status, "GET", "/v1/status", "Everything that runs, and why it is as it is.", null, Json.StatusDocument, false),
        new(ApiOperation.Events, "GET", "/v1/events", "What happened; query: after (id), limit, follow=true.", null, Json.EventRecord, true),
        new(ApiOperation.Apply, "POST", "/v1/apply", "Brings the stack to a manifest. 422 with problems when it is refused; nothing was changed then.", Json.ApplyRequest, Json.OperationMessage, true),
        new(ApiOperation.Act, "POST", "/v1/actions", "Starts, stops, restarts or reloads services.", Json.ActionRequest, Json.OperationMessage, true),
        new(ApiOperation.Scale, "POST", "/v1/scale", "Changes how many instances a service has.", Json.ScaleRequest, Json.OperationMessage, true),
        new(ApiOperation.Down, "POST", "/v1/down", "Stops everything in reverse order, and the daemon if asked.", Json.DownRequest, Json.OperationMessage, true),
        new(ApiOperation.ReloadEdge, "POST", "/v1/edge/reload", "Puts a new edge worker in the place of the one that serves.", null, Json.OperationMessage, true),
        new(ApiOperation.OpenApi, "GET", "/v1/openapi.json", "This description.", null, null, false),
    ];

    public static ApiEndpoint? Find(string method, string path)
    {
        foreach (var endpoint in All)
        {
            if (endpoint.Path == path && endpoint.Method == method)
            {
                return endpoint;
            }
        }

        return null;
    }
}
