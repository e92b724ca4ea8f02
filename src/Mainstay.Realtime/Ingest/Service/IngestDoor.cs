using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Realtime.Ingest.Sessions;
using Mainstay.Realtime.Serving;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>Which route a handshake is for, who it is from, and what is spoken on it then. Who it is, is proven before a message is read; a connection speaks what it was admitted for.</summary>
internal sealed class IngestDoor : IAsyncDisposable
{
    private readonly IngestOptions _options;
    private readonly IngestContext _context;
    private readonly CallContext _calls;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly AuthGate _native;
    private readonly ImmutableArray<(Dialect Dialect, AuthGate Gate)> _carriers;

    public IngestDoor(IngestOptions options, IngestContext context, CallContext calls, IJwksFetcher fetcher, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _context, _calls, _time) = (options, context, calls, time);
        _log = loggers.CreateLogger<IngestDoor>();
        var log = loggers.CreateLogger<AuthGate>();
        _native = new(options.Auth, fetcher, time, log);
        _carriers = [.. options.Telephony.Routes.Select(r => (r.Dialect, new AuthGate(r.Policy, fetcher, time, log)))];
        Routes = [IngestOptions.Route, .. _carriers.Select(c => c.Dialect.Route)];
    }

    /// <summary>Those that exist with these settings.</summary>
    public ImmutableArray<string> Routes { get; }

    /// <summary>Keeps keys fresh until it is cancelled.</summary>
    public Task RunAsync(CancellationToken token) => Task.WhenAll([_native.RunAsync(token), .. _carriers.Select(c => c.Gate.RunAsync(token))]);

    public async ValueTask<UpgradeAnswer> DecideAsync(UpgradeRequest request, bool draining, CancellationToken token)
    {
        if (Route(request.Path) is not { } route)
        {
            return Dialect.All.FirstOrDefault(d => request.Path.TrimEnd('/') == d.Route) is { } closed
                ? new UpgradeRefusal(404, DoorCode.NoRoute, $"this route exists when {closed.AuthVariable} is set")
                : new UpgradeRefusal(404, DoorCode.NoRoute, $"WebSockets are answered at {string.Join(", ", Routes)}");
        }

        if (draining)
        {
            return new UpgradeRefusal(503, DoorCode.Draining, "this process ends; come back in a moment") { Fields = [new("Retry-After", "1")] };
        }

        if (!_context.Outbox.Health.CanStore)
        {
            return new UpgradeRefusal(503, DoorCode.CannotStore, "nothing can be stored at the moment") { Fields = [new("Retry-After", "2")] };
        }

        var credentials = RequestCredentials.Of(request, _time.GetUtcNow());
        var carrier = route == IngestOptions.Route ? (_options.Telephony.ExotelAtRoot ? Carrier(Dialect.Exotel) : null) : Carrier(Dialect.All.First(d => d.Route == route));
        var asNative = route == IngestOptions.Route ? await _native.CheckAsync(credentials, token) : null;
        var asCarrier = carrier is { } c ? await c.Gate.CheckAsync(credentials, token) : null;
        var rate = SampleRate(credentials.Query);
        return (asNative, asCarrier) switch
        {
            (AuthOutcome.Admitted(var client), AuthOutcome.Admitted(var exotel)) => Accept(socket => EitherAsync(socket, client, exotel, rate)),
            (AuthOutcome.Admitted(var client), _) => Accept(socket => NativeAsync(socket, client)),
            (_, AuthOutcome.Admitted(var by)) => Accept(socket => CarrierAsync(socket, carrier!.Value.Dialect, by, rate)),
            (AuthOutcome.Refused ofNative, AuthOutcome.Refused ofCarrier) => Refuse(route, Both(ofNative, ofCarrier)),
            (AuthOutcome.Refused refused, _) => Refuse(route, refused),
            (_, AuthOutcome.Refused refused) => Refuse(route, refused),
            _ => new UpgradeRefusal(404, DoorCode.NoRoute, "nobody is admitted here"),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _native.DisposeAsync();
        foreach (var (_, gate) in _carriers)
        {
            await gate.DisposeAsync();
        }
    }

    /// <summary>The longest that the path begins with; behind it there may be a ticket.</summary>
    private string? Route(string path) => Routes
        .Where(r => path.TrimEnd('/') == r || path.StartsWith(r + "/v1.", StringComparison.Ordinal))
        .MaxBy(r => r.Length);

    private (Dialect Dialect, AuthGate Gate)? Carrier(Dialect dialect) => _carriers.Where(c => c.Dialect == dialect).Select(c => ((Dialect, AuthGate)?)c).FirstOrDefault();

    private UpgradeAccepted Accept(Func<MessageSocket, Task> handle) => new(null, _options.MaxMessageBytes, handle);

    private UpgradeRefusal Refuse(string route, AuthOutcome.Refused refused)
    {
        _log.Refused(route, refused.Status, refused.Code, refused.Because);
        return new(refused.Status, refused.Code, refused.Because) { Fields = refused.Challenge.Length > 0 ? [new("WWW-Authenticate", refused.Challenge)] : [] };
    }

    /// <summary>The reason that says more, and every way in which the route could be entered.</summary>
    private static AuthOutcome.Refused Both(AuthOutcome.Refused native, AuthOutcome.Refused carrier)
    {
        var why = native.Why is Refusal.NoCredentials ? carrier.Why : native.Why;
        var challenges = new[] { native.Challenge, carrier.Challenge }.Where(c => c.Length > 0).Distinct(StringComparer.Ordinal);
        return new(why, why.Status() == 401 ? string.Join(", ", challenges) : "");
    }

    private Task NativeAsync(MessageSocket socket, Identity identity) => new IngestConnection(socket, _context, start => Foreign(identity, start)).RunAsync();

    private Task CarrierAsync(MessageSocket socket, Dialect dialect, Identity identity, int? rate) =>
        new CallConnection(socket, dialect, identity, rate, new() { IdleAfter = dialect == Dialect.Exotel ? _options.Telephony.ExotelIdle : null }, _calls).RunAsync();

    /// <summary>Both policies admit it: what it says first decides.</summary>
    private async Task EitherAsync(MessageSocket socket, Identity client, Identity exotel, int? rate)
    {
        using var patience = new CancellationTokenSource(_options.Policy.StartWithin, _time);
        var first = await socket.ReceiveAsync(patience.Token);
        socket.Unread(first);
        await (first.Kind is MessageKind.Text or MessageKind.Binary && TelephonyText.IsOf(Dialect.Exotel, first.Bytes) ? CarrierAsync(socket, Dialect.Exotel, exotel, rate) : NativeAsync(socket, client));
    }

    private static string? Foreign(Identity identity, Protocol.StartMessage start) =>
        StartBinding.MayStart(identity, start.TenantId, start.InteractionId) is AuthOutcome.Refused refused ? refused.Because : null;

    private static int? SampleRate(string query) =>
        QueryText.Values(query, "sample-rate").FirstOrDefault() is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 8_000 and <= 48_000 ? rate : null;
}
