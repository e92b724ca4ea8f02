using System.Text;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Serving;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Decides which requests become connections that speak Socket.IO, and tells the others what the library's own server tells them.</summary>
internal sealed class SocketIoDoor(HubDoor hub, ConnectionPorts ports, EventMap? map, EnginePings pings)
{
    private const string Route = "/socket.io";

    // A packet has its namespace and id around the message.
    private const int MaxFrameBytes = MessageReader.MaxBytes + 1024;

    public static bool IsFor(string path) => path.TrimEnd('/') == Route;

    public async ValueTask<UpgradeAnswer> DecideAsync(UpgradeRequest request, CancellationToken token)
    {
        if (hub.IsDraining)
        {
            return new UpgradeRefusal(503, DoorCode.Draining, "this process ends; come back in a moment") { Fields = [new("Retry-After", "1")] };
        }

        var credentials = RequestCredentials.Of(request, ports.Time.GetUtcNow());
        if (EngineFault.Of(credentials.Query, isWebSocket: true) is { } fault)
        {
            return Refusal(fault);
        }

        var early = ports.Entry.HasToken(credentials) ? await ports.Entry.EnterAsync(credentials, token) : null;
        if ((early is null ? ports.Entry.ForeignPage(credentials) : early.Refused) is { } refused)
        {
            ports.Log.Refused(Route, refused.Status, refused.Code, refused.Because);
            return Refusal(EngineFault.Forbidden);
        }

        return new UpgradeAccepted(null, MaxFrameBytes, async socket =>
        {
            var heart = pings.New();
            var connection = new HubConnection(socket, credentials, early, ports, new SocketIoDialect(map, ports.NewId(), heart));
            using (pings.Watch(heart, () => socket.SendText(EngineText.Ping), () => connection.Close(HubClose.Silent, "no answer to a ping")))
            {
                await connection.RunAsync();
            }
        })
        {
            MayCompress = ports.Limits.Compression,
            SlowClose = ((int)HubClose.ReadsTooSlowly, HubActor.RetryReason(TimeSpan.FromSeconds(1))),
        };
    }

    /// <summary>A request that is no WebSocket: there is no transport for it.</summary>
    public static async Task AnswerAsync(HttpContext http)
    {
        var fault = EngineFault.Of(http.Request.QueryString.Value?.TrimStart('?') ?? "", isWebSocket: false) ?? EngineFault.BadRequest;
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(fault.Json), http.RequestAborted);
    }

    private static UpgradeRefusal Refusal(EngineFault fault) => new(400, "engine_io", fault.Message) { Json = fault.Json };
}
