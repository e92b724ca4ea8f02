using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Serving;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>Decides which requests become connections of the hub.</summary>
internal sealed class HubDoor(ConnectionPorts ports) : IDisposable
{
    public const string Route = "/hub";
    public const string Protocol = "mainstay.hub.v1";

    private const int MaxMessageBytes = MessageReader.MaxBytes;

    private static readonly TimeSpan s_slowRetry = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _drain = new();

    public bool IsDraining => _drain.IsCancellationRequested;

    /// <summary>Cancelled when the process begins to end: what is held open for somebody ends with it.</summary>
    public CancellationToken Draining => _drain.Token;

    public void Drain() => _drain.Cancel();

    public void Dispose() => _drain.Dispose();

    public async ValueTask<UpgradeAnswer> DecideAsync(UpgradeRequest request, CancellationToken token)
    {
        if (request.Path.TrimEnd('/') != Route)
        {
            return new UpgradeRefusal(404, DoorCode.NoRoute, $"WebSockets are answered at {Route}");
        }

        if (IsDraining)
        {
            return new UpgradeRefusal(503, DoorCode.Draining, "this process ends; come back in a moment") { Fields = [new("Retry-After", "1")] };
        }

        var credentials = RequestCredentials.Of(request, ports.Time.GetUtcNow());
        if (!credentials.SubProtocol.SelectMany(l => l.Split(',', StringSplitOptions.TrimEntries)).Contains(Protocol, StringComparer.Ordinal))
        {
            return new UpgradeRefusal(400, DoorCode.NoProtocol, $"Sec-WebSocket-Protocol must offer {Protocol}");
        }

        var early = ports.Entry.HasToken(credentials) ? await ports.Entry.EnterAsync(credentials, token) : null;
        if ((early is null ? ports.Entry.ForeignPage(credentials) : early.Refused) is { } refused)
        {
            ports.Log.Refused(Route, refused.Status, refused.Code, refused.Because);
            return new UpgradeRefusal(refused.Status, refused.Code, refused.Because) { Fields = refused.Challenge.Length > 0 ? [new("WWW-Authenticate", refused.Challenge)] : [] };
        }

        return new UpgradeAccepted(Protocol, MaxMessageBytes, socket => new HubConnection(socket, credentials, early, ports, NativeDialect.Instance).RunAsync())
        {
            IsPingedByHandler = true,
            MayCompress = ports.Limits.Compression,
            SlowClose = ((int)HubClose.ReadsTooSlowly, HubActor.RetryReason(s_slowRetry)),
        };
    }
}
