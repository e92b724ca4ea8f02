using System.Net;
using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Metrics;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>The hub over HTTP, for backends; and what it says of itself, for whoever watches over it.</summary>
internal sealed class HubApi(ConnectionPorts ports, HubDoor door)
{
    private const string BackendsOnly = "the token's role is not backend, and this API is for backends; devices and people at browsers connect at /hub";

    private static readonly string[] s_forwarding = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"];

    private readonly RequestApi _requests = new(ports, door);

    public async Task AnswerAsync(HttpContext http)
    {
        var route = ApiRoute.Of(http.Request.Path.Value ?? "");
        if (route.Kind is ApiKind.Socket)
        {
            http.Response.Headers.Upgrade = "websocket";
            await ApiAnswer.RefuseAsync(http, 426, DoorCode.UpgradeRequired, $"{HubDoor.Route} is a WebSocket: ask with GET, Upgrade: websocket and Sec-WebSocket-Protocol: {HubDoor.Protocol}");
        }
        else if (route.Kind is ApiKind.Nothing)
        {
            await NoRouteAsync(http);
        }
        else if (route.Kind is ApiKind.BadName)
        {
            await ApiAnswer.RefuseAsync(http, new(HubErrorCode.BadField, "the name in the path must be 1 to 128 of A-Z a-z 0-9 . _ : -"));
        }
        else if (!route.Methods.Contains(http.Request.Method, StringComparer.Ordinal))
        {
            http.Response.Headers.Allow = string.Join(", ", route.Methods);
            await ApiAnswer.RefuseAsync(http, 405, DoorCode.NoMethod, $"this path takes {string.Join(" and ", route.Methods)} only");
        }
        else if (route.Kind is ApiKind.Metrics)
        {
            await MetricsAsync(http);
        }
        else if (route.Kind is ApiKind.Health or ApiKind.Live or ApiKind.Ready or ApiKind.OpenApi)
        {
            await (route.Kind is ApiKind.OpenApi ? ApiAnswer.WriteAsync(http, 200, Encoding.UTF8.GetBytes(OpenApi.Text)) : HealthAsync(http, route.Kind));
        }
        else if (await WhoAsync(http) is { } caller)
        {
            await ServeAsync(http, route, caller);
        }
    }

    private Task HealthAsync(HttpContext http, ApiKind kind)
    {
        // Restarting it would not mend a full disk: it is alive, and ready to be asked, as long as it does not drain.
        var (status, word) = kind is ApiKind.Live ? (200, "alive")
            : door.IsDraining && kind is ApiKind.Ready ? (503, DoorCode.Draining)
            : ports.Actor.CanStore ? (200, "healthy")
            : (kind is ApiKind.Ready ? 200 : 503, "unhealthy");
        return ApiAnswer.WriteAsync(http, status, Encoding.UTF8.GetBytes($$"""{"status":"{{word}}","service":"hub","store":{{(ports.Actor.CanStore ? "true" : "false")}}}"""));
    }

    /// <summary>For whoever collects figures on this machine; what came through the edge is from outside, and the hub has no figures for it.</summary>
    private async Task MetricsAsync(HttpContext http)
    {
        if (!IsFromThisMachine(http.Request))
        {
            await NoRouteAsync(http);
            return;
        }

        var text = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await ports.Actor.PostAsync(new HubInput.Looked(view => text.TrySetResult(ports.Metrics.Text(view))), http.RequestAborted);
        await ApiAnswer.WriteAsync(http, 200, await text.Task.WaitAsync(http.RequestAborted), MetricText.ContentType);
    }

    /// <summary>
    /// It listens on loopback only, and whatever forwards to it says so: the edge always, other proxies in one of these. A page in a browser on this machine is kept out by the name in Host, which it cannot
    /// choose: a name of its own that leads here is not one of these.
    /// </summary>
    private static bool IsFromThisMachine(HttpRequest request) =>
        !s_forwarding.Any(request.Headers.ContainsKey) && (request.Host.Host is "localhost" || (IPAddress.TryParse(request.Host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));

    /// <summary>Null when it was answered already.</summary>
    private async Task<ApiCaller?> WhoAsync(HttpContext http)
    {
        var entry = await ports.Entry.EnterAsync(RequestCredentials.Of(http, ports.Time.GetUtcNow()), http.RequestAborted);
        if (entry is { Refused: { } refused, IsOfPage: false })
        {
            if (refused.Challenge.Length > 0)
            {
                http.Response.Headers.WWWAuthenticate = refused.Challenge;
            }

            await ApiAnswer.RefuseAsync(http, refused.Status, refused.Code, refused.Why is Refusal.NoCredentials ? "the request has no token: send Authorization: Bearer TOKEN" : refused.Because);
            return null;
        }

        var wanted = http.Request.Query["branch"].FirstOrDefault();
        if (entry.Claims is { Kind: IdentityKind.Backend } claims && Access.Identity.In(claims, wanted) is { } who)
        {
            return new(who, entry.ValidUntil);
        }

        await ApiAnswer.RefuseAsync(http, new(HubErrorCode.Forbidden, entry.IsOfPage ? BackendsOnly
            : entry.Claims is null ? entry.Fault
            : entry.Claims.Kind is not IdentityKind.Backend ? BackendsOnly
            : $"{Access.Identity.WhyNot(entry.Claims, wanted)}{(wanted is null ? " in ?branch=" : "")}"));
        return null;
    }

    private static Task NoRouteAsync(HttpContext http) => ApiAnswer.RefuseAsync(http, 404, DoorCode.NoRoute, "nothing is at this path; what there is says /_hub/openapi.json");

    private async Task ServeAsync(HttpContext http, ApiRoute route, ApiCaller caller)
    {
        var who = caller.Who;
        switch (route.Kind)
        {
            case ApiKind.DeviceRequests:
                await _requests.AskAsync(http, route.Name, caller);
                break;
            case ApiKind.Requests:
                await _requests.BranchAsync(http, caller);
                break;
            case ApiKind.Request:
                await _requests.OneAsync(http, route.Name, caller);
                break;
            case ApiKind.RoomEvents:
                await PublishAsync(http, route.Name, who);
                break;
            case ApiKind.Devices:
                await LookAsync(http, view => (200, DeviceJson.List(who, view)));
                break;
            case ApiKind.DevicesHealth:
                await LookAsync(http, view => (200, DeviceJson.Health(who, view)));
                break;
            case ApiKind.Device:
                await LookAsync(http, view => view.Devices.Find(new(who.Branch, route.Name)) is { } known && DeviceJson.MaySee(who, known)
                    ? (200, DeviceJson.One(known, view))
                    : (404, MessageWriter.Error(RequestRefusals.UnknownDevice(new(who.Branch, route.Name)))));
                break;
            default:
                throw new InvalidOperationException($"{route.Kind} was answered before");
        }
    }

    private async Task PublishAsync(HttpContext http, string room, Access.Identity who)
    {
        if (await ApiBody.TakeAsync(http) is not { } body)
        {
            return;
        }

        var read = ApiBody.Read("pub", body, ("room", room), ("key", ApiHeader.Of(http, "Idempotency-Key")), ("corr", ApiHeader.Of(http, "X-Correlation-ID")), ("tp", ApiHeader.Of(http, "traceparent")));
        if (read.Message is not HubMessage.Publish publish)
        {
            await ApiAnswer.RefuseAsync(http, read.Error ?? new(HubErrorCode.TooLarge, "the body is too long"));
            return;
        }

        var done = new TaskCompletionSource<(RoomPosition? At, HubError? Error)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await ports.Actor.PostAsync(new HubInput.PublishAsked(who, publish, at => done.TrySetResult((at, null)), error => done.TrySetResult((null, error))), http.RequestAborted);
        var (at, error) = await done.Task.WaitAsync(http.RequestAborted);
        await (error is not null ? ApiAnswer.RefuseAsync(http, error) : ApiAnswer.WriteAsync(http, 200, MessageWriter.Published("http", at!.Value)));
    }

    private async Task LookAsync(HttpContext http, Func<HubView, (int Status, byte[] Json)> look)
    {
        var seen = new TaskCompletionSource<(int Status, byte[] Json)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await ports.Actor.PostAsync(new HubInput.Looked(view => seen.TrySetResult(look(view))), http.RequestAborted);
        var (status, json) = await seen.Task.WaitAsync(http.RequestAborted);
        await ApiAnswer.WriteAsync(http, status, json);
    }
}
