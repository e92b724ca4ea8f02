using System.Globalization;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;

namespace Mainstay.Spec.Tests.Parsing;

/// <summary>Writes a stack as a manifest that says everything. JSON is YAML, and its quoting has no second meaning; dollars are doubled.</summary>
internal static class ManifestWriter
{
    public static string Write(StackSpec stack) => Map(
        ("stack", stack.Name.Value),
        ("edge", Map(
            ("listen", List(stack.Edge.Listen.Select(l => (JsonNode?)l.ToString()))),
            ("certificates", List(stack.Edge.Certificates.Select(c => Map(("host", c.Host), ("cert", c.CertFile), ("key", c.KeyFile))))),
            ("trusted_proxies", Texts(stack.Edge.TrustedProxies)),
            ("error_pages", Text(stack.Edge.ErrorPages)),
            ("ws_drain", Duration(stack.Edge.WsDrain)))),
        ("services", Map([.. stack.Services.Select(s => (s.Name.Value, (JsonNode?)Service(s)))])),
        ("external", Map([.. stack.External.Select(e => (e.Name.Value, (JsonNode?)Map(("tcp", Text(e.Tcp)), ("http", Text(e.Http?.OriginalString)), ("interval", Duration(e.Interval)), ("timeout", Duration(e.Timeout)))))])),
        ("routes", List(stack.Routes.Select(r => Map(("host", Text(r.Host)), ("path", r.Path), ("service", r.Service.Value), ("strip_prefix", r.StripPrefix), ("timeout", Duration(r.Timeout))))))).ToJsonString();

    private static JsonObject Service(ServiceSpec s) => Map(
        ("command", Command(s.Command)),
        ("shell", s.Command.Shell),
        ("directory", s.Directory),
        ("instances", s.Instances),
        ("port", s.Port.Kind switch { PortKind.None => null, PortKind.Fixed => s.Port.Number, PortKind.Auto => "auto", PortKind.Inherit => "inherit" }),
        ("environment", Map([.. s.Environment.Select(e => (e.Key, Text(e.Value)))])),
        ("env_file", Texts(s.EnvFiles.Select(f => f.Path))),
        ("env_schema", s.EnvSchema is null ? null : Map([.. s.EnvSchema.Rules.Select(r => (r.Name, (JsonNode?)Rule(r)))])),
        ("depends_on", Map([.. s.DependsOn.Select(d => (d.On.Value, (JsonNode?)Word(d.Condition)))])),
        ("healthcheck", s.Healthcheck is null ? null : Healthcheck(s.Healthcheck)),
        ("restart", Map(
            ("policy", s.Restart.Policy is RestartKind.OnFailure ? "on-failure" : Word(s.Restart.Policy)),
            ("max_restarts", s.Restart.MaxRestarts),
            ("window", Duration(s.Restart.Window)),
            ("backoff", Map(("initial", Duration(s.Restart.BackoffInitial)), ("max", Duration(s.Restart.BackoffMax)))),
            ("stop_exit_codes", List(s.Restart.StopExitCodes.Select(c => (JsonNode?)c))),
            ("after_limit", s.Restart.RetryEvery is { } every ? $"retry_every {DurationText.Format(every)}" : "park"))),
        ("resources", Map(("memory", s.Resources.Memory), ("memory_warn", s.Resources.MemoryWarn), ("cpus", s.Resources.Cpus), ("open_files", s.Resources.OpenFiles))),
        ("stop", Map(("signal", s.Stop.Signal), ("grace", Duration(s.Stop.Grace)))),
        ("user", Text(s.User)),
        ("logs", Map(("max_size", SizeText.Format(s.Logs.MaxSize)), ("max_files", s.Logs.MaxFiles))),
        ("source", RolloutWriter.Source(s.Rollout.Source)),
        ("build", s.Rollout.Source is null ? null : RolloutWriter.Build(s.Rollout)),
        ("artifacts", s.Rollout.Source is null ? null : Texts(s.Rollout.Artifacts.Select(a => a.Path))),
        ("migrate", RolloutWriter.Migrate(s.Rollout.Migrate)),
        ("backup", RolloutWriter.Backup(s.Rollout.Backup)),
        ("deploy", RolloutWriter.Deploy(s.Rollout.Deploy)));

    private static JsonObject Healthcheck(HealthcheckSpec check)
    {
        var (http, command) = (check.Probe as HttpProbeSpec, check.Probe as CommandProbeSpec);
        return Map(
            ("http", http?.Path),
            ("tcp", check.Probe is TcpProbeSpec ? true : null),
            ("command", command is null ? null : Command(command.Command)),
            ("shell", command?.Command.Shell),
            ("notify", check.Probe is NotifyProbeSpec ? true : null),
            ("interval", Duration(check.Interval)),
            ("timeout", Duration(check.Timeout)),
            ("retries", check.Retries),
            ("start_period", Duration(check.StartPeriod)),
            ("start_interval", Duration(check.StartInterval)),
            ("headers", http is null ? null : Headers(http)),
            ("expect", http is null ? null : Expect(http)));
    }

    internal static JsonObject Headers(HttpProbeSpec http) => Map([.. http.Headers.Select(h => (h.Key, Text(h.Value)))]);

    internal static JsonObject Expect(HttpProbeSpec http) => Map(
        ("status", Texts(http.Expect.Status.Select(s => $"{s.From}-{s.To}"))),
        ("json", Map([.. http.Expect.Json.Select(e => (e.Key, Text(e.Value)))])),
        ("body_contains", Text(http.Expect.BodyContains)));

    private static JsonObject Rule(EnvRuleSpec r) => Map(
        ("type", Word(r.Type)), ("required", r.Required), ("required_if", Text(r.RequiredIf)), ("required_unless", Text(r.RequiredUnless)), ("default", Text(r.Default)),
        ("min", Text(r.Min)), ("max", Text(r.Max)), ("pattern", Text(r.Pattern)), ("min_length", r.MinLength), ("min_entropy_bits", r.MinEntropyBits), ("unique", r.Unique),
        ("together_with", Texts(r.TogetherWith)), ("warn_if", Text(r.WarnIf)), ("description", Text(r.Description)), ("example", Text(r.Example)));

    internal static JsonNode Command(CommandSpec command) => command.Shell ? Text(command.Argv[0])! : Texts(command.Argv);

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLower(CultureInfo.InvariantCulture);

    internal static string Duration(TimeSpan duration) => DurationText.Format(duration);

    internal static JsonNode? Text(string? text) => text?.Replace("$", "$$", StringComparison.Ordinal);

    internal static JsonArray Texts(IEnumerable<string> texts) => List(texts.Select(Text));

    internal static JsonArray List(IEnumerable<JsonNode?> items) => new([.. items]);

    /// <summary>What is null is left out.</summary>
    internal static JsonObject Map(params (string Key, JsonNode? Value)[] entries) => new(entries.Where(e => e.Value is not null).Select(e => KeyValuePair.Create(e.Key, e.Value)));
}
