using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.SocketIo;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Serving;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Shipped;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>The settings of a hub, read from its environment.</summary>
internal sealed record HubOptions
{
    public required int Port { get; init; }

    /// <summary>Folder for the database.</summary>
    public required string Data { get; init; }

    public required AuthPolicy Auth { get; init; }

    public required HubLimits Limits { get; init; }

    /// <summary>Null: nobody is told of the ends of requests.</summary>
    public Webhook? Webhook { get; init; }

    public LicenceFile? Licences { get; init; }

    /// <summary>What Socket.IO's events mean; null: they are the hub's own messages.</summary>
    public EventMap? SocketIo { get; init; }

    public EngineLimits Engine { get; init; } = new();

    /// <summary>Of the server.</summary>
    public ServingLimits Serving { get; init; } = new();

    /// <summary>Everything that is wrong, each with its fix; or the options.</summary>
    public static (HubOptions? Options, ImmutableArray<string> Problems) Read(IReadOnlyDictionary<string, string> environment)
    {
        var rules = new Spec.Model.EnvSchemaSpec(null, HubEnvironment.Rules);
        var complete = EnvSchemaEvaluator.WithDefaults(rules, environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
        var context = new EnvSchemaContext(new("hub"), "the environment", "/", ImmutableDictionary<string, Spec.Problems.Where>.Empty, [], _ => new(EnvFileState.Readable));
        var problems = EnvSchemaEvaluator.Check(rules, complete, context)
            .Where(p => p.Severity is Spec.Problems.Severity.Error)
            .Select(p => $"{p.Code}: {p.What}\n  fix: {p.Fix}")
            .ToList();

        var parts = new Parts(complete);
        problems.AddRange(parts.Faults.Select(f => f.ToString()));
        if (Number(complete, "PORT") is not (> 0 and <= ushort.MaxValue))
        {
            problems.Add("PORT must be a number from 1 to 65535\n  fix: run the service by Mainstay (kind: hub), which picks it");
        }

        if (complete.GetValueOrDefault("MAINSTAY_DATA") is not { Length: > 0 } data || !Path.IsPathRooted(data))
        {
            problems.Add("MAINSTAY_DATA must be an absolute path: requests are kept there\n  fix: run the service by Mainstay (kind: hub), which gives it a folder");
            data = "";
        }

        return problems.Count > 0
            ? (null, [.. problems])
            : (new HubOptions { Port = (int)Number(complete, "PORT")!, Data = data, Auth = parts.Auth!, Limits = LimitsOf(complete), Licences = parts.Licences, SocketIo = parts.SocketIo, Webhook = parts.Webhook }, []);
    }

    /// <summary>What is wrong beside what the schema says, and beside what Mainstay itself sets.</summary>
    /// <param name="complete">With the schema's defaults.</param>
    public static IReadOnlyList<SettingFault> Faults(ImmutableSortedDictionary<string, string> complete) => new Parts(complete).Faults;

    private static Webhook? WebhookOf(ImmutableSortedDictionary<string, string> environment, List<SettingFault> faults)
    {
        var (url, secret) = (environment.GetValueOrDefault("HUB_WEBHOOK_URL") ?? "", environment.GetValueOrDefault("HUB_WEBHOOK_SECRET") ?? "");
        if (url.Length == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            faults.Add(new("HUB_WEBHOOK_URL", "must be an http(s) URL", "write it as https://HOST/PATH"));
        }

        if (secret.Length < Webhook.MinSecret)
        {
            faults.Add(new("HUB_WEBHOOK_SECRET", $"must have at least {Webhook.MinSecret} characters when HUB_WEBHOOK_URL is set", "make one with: openssl rand -hex 32"));
        }

        return uri is null ? null : new(uri, secret);
    }

    private static HubLimits LimitsOf(ImmutableSortedDictionary<string, string> environment) => new()
    {
        Requests = new() { KeyKept = Duration(environment, "HUB_KEY_KEPT") },
        Rooms = new() { MaxEvents = (int)Number(environment, "HUB_ROOM_EVENTS")!, MaxAge = Duration(environment, "HUB_ROOM_AGE") },
        Ping = Duration(environment, "HUB_PING"),
        Compression = environment["HUB_COMPRESSION"].ToUpperInvariant() is "TRUE" or "1" or "YES" or "ON",
        Status = new() { MaxWait = TimeSpan.FromMilliseconds(Number(environment, "HUB_STATUS_WAIT_MS")!.Value) },
        Rates = new() { Branch = PerMinute(environment, "HUB_BRANCH_RATE"), Target = PerMinute(environment, "HUB_TARGET_RATE") },
    };

    /// <summary>A burst of a third: small beside the count, so that no minute sees twice the count.</summary>
    private static Rate PerMinute(ImmutableSortedDictionary<string, string> environment, string name)
    {
        var count = (int)Number(environment, name)!;
        return Rate.PerMinute(count, Math.Max(1, count / 3));
    }

    private static long? Number(ImmutableSortedDictionary<string, string> environment, string name) =>
        long.TryParse(environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan Duration(ImmutableSortedDictionary<string, string> environment, string name) =>
        DurationText.TryParse(environment[name], out var duration) ? duration : throw new InvalidOperationException($"{name} was checked");

    /// <summary>What is read in places of its own.</summary>
    private sealed class Parts
    {
        private readonly List<SettingFault> _faults = [];

        public Parts(ImmutableSortedDictionary<string, string> complete)
        {
            // A hub's tokens name branches, not tenants, and there is no other way in than a token.
            var auth = AuthPolicyReader.Read(complete.SetItem(AuthVariables.Methods, "jwt").SetItem(AuthVariables.RequireTenant, "false"), HubDoor.Route);
            _faults.AddRange(auth.Problems.Select(p => new SettingFault(p.Variable, p.What, p.Fix)));
            Auth = auth.Policy;
            (Licences, var fault) = complete.GetValueOrDefault("HUB_LICENCES") is { Length: > 0 } path ? LicenceFile.Open(path) : (null, "");
            if (fault.Length > 0)
            {
                _faults.Add(new("HUB_LICENCES", fault, "name a file of lines BRANCH DEVICE SHA256, and make a hash with: printf %s KEY | sha256sum"));
            }

            (SocketIo, var faults) = complete.GetValueOrDefault("HUB_SOCKETIO_MAP") is { Length: > 0 } map ? EventMapFile.Open(map) : (null, []);
            _faults.AddRange(faults.Select(f => new SettingFault("HUB_SOCKETIO_MAP", f, "name a JSON file as docs/wire/socketio.md describes it, or leave the setting out")));
            Webhook = WebhookOf(complete, _faults);
        }

        public IReadOnlyList<SettingFault> Faults => _faults;

        public AuthPolicy? Auth { get; }

        public LicenceFile? Licences { get; }

        public EventMap? SocketIo { get; }

        public Webhook? Webhook { get; }
    }
}
