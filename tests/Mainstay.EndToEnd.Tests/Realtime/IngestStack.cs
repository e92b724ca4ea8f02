using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Realtime.Kafka;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>An ingest service with the edge in front and a Redis of its own behind, and the key that its clients' tokens are signed with.</summary>
internal sealed class IngestStack : IAsyncDisposable
{
    /// <summary>A Redis that keeps, before it confirms.</summary>
    private static readonly string[] s_durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];

    private readonly RunningRedis? _redis;
    private readonly RunningKafka? _kafka;

    private IngestStack(MainstayHome home, RunningRedis? redis, RunningKafka? kafka, RSA key, int port) => (Home, _redis, _kafka, Key, Port) = (home, redis, kafka, key, port);

    public MainstayHome Home { get; }

    public RunningRedis Redis => _redis ?? throw new InvalidOperationException("this one has no Redis");

    public RSA Key { get; }

    public int Port { get; }

    public Uri Url => new($"ws://127.0.0.1:{Port}/v1/ingest");

    /// <param name="settings">More of the environment, as in a manifest.</param>
    /// <param name="password">Of the Redis; it must not need quotes.</param>
    public static async Task<IngestStack> UpAsync(string settings = "", string password = "")
    {
        var redis = await RunningRedis.StartAsync(password.Length > 0 ? [.. s_durable, "--requirepass", password] : s_durable);
        return await UpAsync(redis, null, $$"""
            PUBSUB_ADAPTER: redis_streams
                  REDIS_URL: "redis://{{(password.Length > 0 ? $":{password}@" : "")}}127.0.0.1:{{redis.Port}}"
                  {{settings}}
            """);
    }

    /// <summary>With a Kafka behind, in the format that can be read as text.</summary>
    /// <param name="begins">What health says first.</param>
    public static Task<IngestStack> UpOnKafkaAsync(RunningKafka kafka, string begins = "healthy") => UpAsync(null, kafka, $$"""
        PUBSUB_ADAPTER: kafka
              KAFKA_BROKERS: "{{kafka.Brokers}}"
              RECORD_FORMAT: json_base64
        """, begins);

    private static async Task<IngestStack> UpAsync(RunningRedis? redis, RunningKafka? kafka, string settings, string begins = "healthy")
    {
        var (key, port) = (RSA.Create(2048), FreePort.Take());
        var stack = new IngestStack(MainstayHome.Create($$"""
            stack: calls
            edge: { listen: [ "http://127.0.0.1:{{port}}" ] }
            services:
              ingest:
                kind: ingest
                environment:
                  JWT_PUBLIC_KEY: "{{key.ExportSubjectPublicKeyInfoPem().ReplaceLineEndings("\\n")}}"
                  {{settings}}
            routes: [ { path: /, service: ingest } ]

            """), redis, kafka, key, port);
        try
        {
            await stack.Home.UpAsync();
            await stack.BecomesAsync(begins);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public string Token(string interaction) => IngestToken.Signed(Key, IngestToken.Claims("tenant-a", interaction));

    /// <summary>Its one process.</summary>
    public async Task<ProcessMark> ProcessAsync() => (await Home.StatusAsync())["ingest"].Only.Process;

    public async Task<JsonNode> HealthAsync() => (await Web.GetAsync(Port, "/health")).Json;

    public Task<JsonNode> BecomesAsync(string status) =>
        Eventually.BecomesAsync($"/health says {status}", HealthAsync, health => health["status"]?.GetValue<string>() == status, show: health => health.ToJsonString());

    /// <summary>Waits for the start of a call.</summary>
    public Task BeginsAsync(string interaction) => Eventually.BecomesAsync(
        $"{interaction} has begun", () => Redis.EntriesAsync("audio_events"), events => events.Any(e => e.Any(word => word.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(interaction)))), show: events => $"{events.Length} events");

    /// <summary>What stands in the stream of this call, in the order of the stream.</summary>
    public async Task<ImmutableArray<StoredFrame>> StoredAsync(string interaction, string stream = "audio_stream") =>
        [.. (_kafka is null ? await Redis.EntriesAsync(stream) : (await _kafka.ReadAsync(stream)).Select(m => (byte[][])["data"u8.ToArray(), Encoding.UTF8.GetBytes(m.Value)])).Select(StoredFrame.Read).Where(f => f.Interaction == interaction)];

    /// <summary>Waits until the whole call stands in the stream; then it must be there exactly once after consumers dropped what they have seen, in order, without a gap and byte for byte.</summary>
    public async Task MustHoldAsync(string interaction, string session, long frames, Func<long, byte[]> audio)
    {
        // Asking for the whole stream again and again would be the heaviest load of all.
        await Eventually.BecomesAsync("nothing waits in the spool", HealthAsync, h => h["pubsub"]?.GetValue<bool>() == true && h["spoolBytes"]!.GetValue<long>() == 0, show: h => h.ToJsonString());
        var stored = await Eventually.BecomesAsync(
            $"all {frames} frames of {interaction} are in the stream", () => StoredAsync(interaction), all => all.DistinctBy(f => f.Seq).Count() >= frames,
            show: all => $"{all.DistinctBy(f => f.Seq).Count()} frames");
        Assert.Equal([session], stored.Select(f => f.Session).Distinct());
        Assert.Equal(Enumerable.Range(1, (int)frames).Select(n => (long)n), stored.DistinctBy(f => (f.Session, f.Seq)).Select(f => f.Seq));
        foreach (var frame in stored)
        {
            Assert.True(frame.Audio.AsSpan().SequenceEqual(audio(frame.Seq)), $"frame {frame.Seq} of {interaction} has other bytes than were sent");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Home.DisposeAsync();
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        Key.Dispose();
    }
}

/// <summary>A frame as a consumer reads it, in either format.</summary>
internal sealed record StoredFrame(string Tenant, string Interaction, string Session, long Seq, long TimestampMs, int SampleRate, string Encoding, byte[] Audio)
{
    public static StoredFrame Read(byte[][] entry)
    {
        var fields = entry.Chunk(2).ToDictionary(pair => Text(pair[0]), pair => pair[1], StringComparer.Ordinal);
        if (fields.TryGetValue("data", out var data))
        {
            Assert.Equal(["data"], fields.Keys);
            var json = JsonNode.Parse(data)!;
            return new(Word("tenant_id"), Word("interaction_id"), Word("session"), json["seq"]!.GetValue<long>(), json["timestamp_ms"]!.GetValue<long>(), json["sample_rate"]!.GetValue<int>(), Word("encoding"), Convert.FromBase64String(Word("audio")));

            string Word(string name) => json[name]!.GetValue<string>();
        }

        return new(
            Text(fields["tenant_id"]), Text(fields["interaction_id"]), Text(fields["session"]), Number("seq"), Number("timestamp_ms"), (int)Number("sample_rate"), Text(fields["encoding"]), fields["audio"]);

        long Number(string name) => long.Parse(Text(fields[name]), CultureInfo.InvariantCulture);
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
