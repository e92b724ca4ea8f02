using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>An ingest service and a hub behind one edge, and the broker.</summary>
internal sealed class ChaosStack : IAsyncDisposable
{
    private const string Everything = """{"subscribe":["*"],"publish":["*"],"watch":["*"],"ask":["*/*"]}""";

    private readonly RSA _key;

    private ChaosStack(MainstayHome home, RunningRedis? redis, RSA key, int port) => (Home, Redis, _key, Port) = (home, redis, key, port);

    public MainstayHome Home { get; }

    /// <summary>Null when frames go to the log of the machine.</summary>
    public RunningRedis? Redis { get; }

    public int Port { get; }

    public Uri Calls => new($"ws://127.0.0.1:{Port}/v1/ingest");

    public Uri Hub => new($"ws://127.0.0.1:{Port}/hub");

    public static async Task<ChaosStack> UpAsync(ChaosPlan plan)
    {
        var redis = plan.Broker == "log" ? null : await RunningRedis.StartAsync("--save", "", "--appendonly", plan.Forgets ? "no" : "yes", "--appendfsync", "always");
        var (key, port) = (RSA.Create(2048), FreePort.Take());
        var pem = key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n");
        var stack = new ChaosStack(MainstayHome.Create($$"""
            stack: storm
            edge: { listen: [ "http://127.0.0.1:{{port}}" ] }
            services:
              ingest:
                kind: ingest
                environment:
                  JWT_PUBLIC_KEY: "{{pem}}"
                  PUBSUB_ADAPTER: {{plan.Broker}}
                  {{(redis is null ? "" : $"REDIS_URL: \"redis://127.0.0.1:{redis.Port}\"")}}
              hub:
                kind: hub
                environment:
                  JWT_PUBLIC_KEY: "{{pem}}"
                  HUB_BRANCH_RATE: "10000"
                  HUB_TARGET_RATE: "10000"
            routes: [ { path: /, service: ingest }, { path: /hub, service: hub }, { path: /_hub, service: hub } ]

            """), redis, key, port);
        try
        {
            await stack.Home.UpAsync();
            await stack.IsHealthyAsync(Eventually.Patience);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public string CallToken(string interaction) => IngestToken.Signed(_key, IngestToken.Claims("tenant-a", interaction));

    public string HubToken(string role, string name) => IngestToken.Signed(
        _key, $$"""{"role":"{{role}}","sub":"{{name}}","branch":"north","hub":{{Everything}},"exp":{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 600}} }""");

    /// <summary>Both services are, by their own word and by that of the daemon, and nothing waits for the broker.</summary>
    public async Task IsHealthyAsync(TimeSpan within)
    {
        await Home.BecomesAsync("both services run and are healthy", s => s.Edge.State == "running" && s.Services.Count == 2 && s.Services.All(v => v is { State: "running", Health: "healthy" }), within);
        await Eventually.BecomesAsync(
            "ingest says that it is healthy and that its spool is empty", HealthAsync,
            h => (string?)h["status"] == "healthy" && (h["spoolBytes"]?.GetValue<long>() ?? 0) == 0, within, h => h.ToJsonString());
    }

    /// <summary>Its processes, as the machine has them: nobody is asked who may be dead.</summary>
    public IReadOnlyList<ProcessMark> Processes(Victim victim) => victim switch
    {
        Victim.Ingest => Those(" realtime ingest"),
        Victim.Hub => Those(" realtime hub"),
        Victim.Edge => Those(" edge --control"),
        Victim.Daemon => Those(" daemon --home"),
        Victim.Broker => [],
    };

    /// <summary>The frames and the losses, as a consumer of the stream reads them.</summary>
    public async Task<(ImmutableArray<FrameSeen> Frames, ImmutableArray<GapSeen> Gaps)> StreamAsync(IReadOnlyDictionary<string, Func<long, byte[]>> sent)
    {
        if (Redis is null)
        {
            var (frames, events) = (await TailAsync("audio_stream"), await TailAsync("audio_events"));
            return (
                [.. frames.Select(f => new FrameSeen(Word(f, "interaction_id"), Word(f, "session"), Number(f, "seq"), sent[Word(f, "interaction_id")](Number(f, "seq")).Length == Number(f, "bytes")))],
                [.. events.Where(e => Word(e, "event") == "gap").Select(e => new GapSeen(Word(e, "interaction_id"), Number(e, "from_seq"), Number(e, "to_seq")))]);
        }

        var stored = (await Redis.EntriesAsync("audio_stream")).Select(StoredFrame.Read);
        var told = (await Redis.EntriesAsync("audio_events")).Select(e => e.Chunk(2).ToDictionary(p => Encoding.UTF8.GetString(p[0]), p => Encoding.UTF8.GetString(p[1]), StringComparer.Ordinal));
        return (
            [.. stored.Select(f => new FrameSeen(f.Interaction, f.Session, f.Seq, sent.TryGetValue(f.Interaction, out var audio) && f.Audio.AsSpan().SequenceEqual(audio(f.Seq))))],
            [.. told.Where(e => e["event"] == "gap").Select(e => new GapSeen(e["interaction_id"], long.Parse(e["from_seq"], CultureInfo.InvariantCulture), long.Parse(e["to_seq"], CultureInfo.InvariantCulture)))]);
    }

    public async ValueTask DisposeAsync()
    {
        await Home.DisposeAsync();
        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        _key.Dispose();
    }

    private async Task<JsonNode> HealthAsync()
    {
        try
        {
            return (await Web.GetAsync(Port, "/health")).Json;
        }
        catch (Exception e) when (e is HttpRequestException or HarnessException or OperationCanceledException)
        {
            return new JsonObject { ["status"] = e.Message };
        }
    }

    private async Task<JsonNode[]> TailAsync(string topic)
    {
        var shown = (await Home.RunAsync("realtime", "tail", topic, "--no-follow", "--json")).MustExit(0);
        return [.. shown.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private IReadOnlyList<ProcessMark> Those(string command) => [.. Home.Processes().Where(p => p.CommandLine.Contains(command, StringComparison.Ordinal))];

    private static string Word(JsonNode record, string name) => (string?)record[name] ?? "";

    private static long Number(JsonNode record, string name) =>
        record[name] is JsonValue value ? value.TryGetValue<long>(out var number) ? number : long.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture) : 0;
}
