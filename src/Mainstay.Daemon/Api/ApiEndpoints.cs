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
    Deploy,
    Rollback,
    RolloutWish,
    Rollouts,
    RolloutReport,
    Releases,
    Switches,
    SwitchesForServices,
    SetSwitch,
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
        new(ApiOperation.Deploy, "POST", "/v1/deploy", "Rolls out what the sources hold. 422 with problems when it is refused; nothing was changed then.", Json.DeployRequest, Json.OperationMessage, true),
        new(ApiOperation.Rollback, "POST", "/v1/rollback", "Brings services back to what served before their last rollout.", Json.RollbackRequest, Json.OperationMessage, true),
        new(ApiOperation.RolloutWish, "POST", "/v1/rollouts/wish", "Pauses, resumes or aborts the rollout that is under way; an abort answers when it has ended.", Json.RolloutWishRequest, Json.OperationMessage, true),
        new(ApiOperation.Rollouts, "GET", "/v1/rollouts", "The rollouts, newest first; query: number (only that one), limit.", null, Json.RolloutsDocument, false),
        new(ApiOperation.RolloutReport, "GET", "/v1/rollouts/report", "The report of a rollout; query: number (the last one without), format: markdown or html. 404 when there is none.", null, null, false),
        new(ApiOperation.Releases, "GET", "/v1/releases", "The releases on disk, by service, newest first; query: service.", null, Json.ReleasesDocument, false),
        new(ApiOperation.Switches, "GET", "/v1/switches", "The kill switches, and who has set them.", null, Json.SwitchesDocument, false),
        new(ApiOperation.SwitchesForServices, "GET", "/switches", "The same, for services.", null, Json.SwitchesDocument, false),
        new(ApiOperation.SetSwitch, "POST", "/v1/switches", "Sets a kill switch; answers when every edge worker decides by it.", Json.SwitchRequest, Json.OperationMessage, true),
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
