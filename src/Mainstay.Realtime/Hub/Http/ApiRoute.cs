using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Http;

internal enum ApiKind
{
    Health,
    Live,
    Ready,
    Metrics,
    OpenApi,
    Devices,
    DevicesHealth,
    Device,
    DeviceRequests,
    Requests,
    Request,
    RoomEvents,
    Socket,

    /// <summary>A route whose name is none.</summary>
    BadName,
    Nothing,
}

/// <summary>What a path of the API means; a name in it is valid, or the path is none.</summary>
internal readonly record struct ApiRoute(ApiKind Kind, string Name = "")
{
    public static ApiRoute Of(string path) => path.Split('/') switch
    {
        ["", "health"] => new(ApiKind.Health),
        ["", "livez"] => new(ApiKind.Live),
        ["", "readyz"] => new(ApiKind.Ready),
        ["", "metrics"] => new(ApiKind.Metrics),
        ["", "hub"] => new(ApiKind.Socket),
        ["", "_hub", "openapi.json"] => new(ApiKind.OpenApi),
        ["", "_hub", "devices"] => new(ApiKind.Devices),
        ["", "_hub", "devices", "health"] => new(ApiKind.DevicesHealth),
        ["", "_hub", "devices", var id] when HubName.IsValid(id) => new(ApiKind.Device, id),
        ["", "_hub", "devices", var id, "requests"] when HubName.IsValid(id) => new(ApiKind.DeviceRequests, id),
        ["", "_hub", "requests"] => new(ApiKind.Requests),
        ["", "_hub", "requests", var id] when HubName.IsValid(id) => new(ApiKind.Request, id),
        ["", "_hub", "rooms", var room, "events"] when HubName.IsValid(room) => new(ApiKind.RoomEvents, room),
        ["", "_hub", "devices" or "requests", _] or ["", "_hub", "devices", _, "requests"] or ["", "_hub", "rooms", _, "events"] => new(ApiKind.BadName),
        _ => new(ApiKind.Nothing),
    };

    /// <summary>Methods that it has; others are answered with 405.</summary>
    public string[] Methods => Kind switch
    {
        ApiKind.Health or ApiKind.Live or ApiKind.Ready or ApiKind.Metrics or ApiKind.OpenApi or ApiKind.Devices or ApiKind.DevicesHealth or ApiKind.Device or ApiKind.Requests => ["GET"],
        ApiKind.Request => ["GET", "DELETE"],
        ApiKind.DeviceRequests or ApiKind.RoomEvents => ["POST"],
        ApiKind.Socket or ApiKind.BadName or ApiKind.Nothing => [],
    };
}
