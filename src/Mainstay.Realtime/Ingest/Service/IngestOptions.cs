using System.Collections.Immutable;
using System.Globalization;
using Mainstay.Realtime.Adapters.Kafka;
using Mainstay.Realtime.Adapters.Redis;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Sessions;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing;
using Mainstay.Spec.Shipped;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>Where frames go.</summary>
internal enum AdapterKind
{
    RedisStreams,
    Kafka,
    Log,
    InMemory,
}

/// <summary>The settings of an ingest service, read from its environment.</summary>
internal sealed record IngestOptions
{
    /// <summary>What clients ask for.</summary>
    public const string Route = "/v1/ingest";

    public required int Port { get; init; }

    /// <summary>Folder for the spool and the log.</summary>
    public required string Data { get; init; }

    public required AdapterKind Adapter { get; init; }

    public RedisOptions? Redis { get; init; }

    public KafkaOptions? Kafka { get; init; }

    public required AuthPolicy Auth { get; init; }

    public required IngestPolicy Policy { get; init; }

    public required string Topic { get; init; }

    public required string EventsTopic { get; init; }

    public required RecordFormat Format { get; init; }

    public required TimeSpan Retention { get; init; }

    public required long SpoolBytes { get; init; }

    public required SpoolFull WhenFull { get; init; }

    public TelephonyOptions Telephony { get; init; } = new();

    /// <summary>Where the process asks for time; null when nobody runs it.</summary>
    public string? SupervisorSocket { get; init; }

    /// <summary>One binary message; a second of 48 kHz has 96,000 bytes.</summary>
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>Everything that is wrong, each with its fix; or the options.</summary>
    public static (IngestOptions? Options, ImmutableArray<string> Problems) Read(IReadOnlyDictionary<string, string> environment)
    {
        var complete = EnvSchemaEvaluator.WithDefaults(new(null, IngestEnvironment.Rules), environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
        var context = new EnvSchemaContext(new("ingest"), "the environment", "/", ImmutableDictionary<string, Spec.Problems.Where>.Empty, [], _ => new(EnvFileState.Readable));
        var problems = EnvSchemaEvaluator.Check(new(null, IngestEnvironment.Rules), complete, context)
            .Where(p => p.Severity is Spec.Problems.Severity.Error)
            .Select(p => $"{p.Code}: {p.What}\n  fix: {p.Fix}")
            .ToList();

        var parts = new IngestParts(complete);
        problems.AddRange(parts.Faults.Where(f => f.Variable != "REDIS_URL" || !problems.Exists(p => p.Contains("REDIS_URL", StringComparison.Ordinal))).Select(f => f.ToString()).ToArray());
        if (Number(complete, "PORT") is not (> 0 and <= ushort.MaxValue))
        {
            problems.Add("PORT must be a number from 1 to 65535\n  fix: run the service by Mainstay (kind: ingest), which picks it");
        }

        if (problems.Count > 0)
        {
            return (null, [.. problems]);
        }

        return (new IngestOptions
        {
            Port = (int)Number(complete, "PORT")!,
            Data = complete.GetValueOrDefault("MAINSTAY_DATA") is { Length: > 0 } data ? data : Path.Combine(Path.GetTempPath(), "mainstay-ingest"),
            SupervisorSocket = complete.GetValueOrDefault("NOTIFY_SOCKET"),
            Adapter = parts.Adapter,
            Retention = Duration(complete, "STREAM_RETENTION"),
            Redis = parts.Redis is not { } redis ? null : redis with { Retention = Duration(complete, "STREAM_RETENTION") },
            Kafka = parts.Kafka,
            Auth = parts.Auth!,
            Telephony = parts.Telephony,
            Policy = new() { AckInterval = (int)Number(complete, "ACK_INTERVAL")!, Window = TimeSpan.FromMilliseconds(Number(complete, "BUFFER_DURATION_MS")!.Value) },
            Topic = complete["STREAM_TOPIC"],
            EventsTopic = complete["EVENTS_TOPIC"],
            Format = complete["RECORD_FORMAT"] == "json_base64" ? RecordFormat.JsonBase64 : RecordFormat.Fields,
            SpoolBytes = SizeText.TryParse(complete["SPOOL_MAX_BYTES"], out var bytes) ? bytes : 4L << 30,
            WhenFull = complete["SPOOL_WHEN_FULL"] == "drop_oldest" ? SpoolFull.DropOldest : SpoolFull.Reject,
        }, []);
    }

    /// <summary>What is wrong beside what the schema says, and beside what Mainstay itself sets.</summary>
    /// <param name="complete">With the schema's defaults.</param>
    public static IReadOnlyList<SettingFault> Faults(ImmutableSortedDictionary<string, string> complete) => new IngestParts(complete).Faults;

    private static long? Number(ImmutableSortedDictionary<string, string> environment, string name) =>
        long.TryParse(environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan Duration(ImmutableSortedDictionary<string, string> environment, string name) =>
        DurationText.TryParse(environment[name], out var duration) ? duration : TimeSpan.FromMinutes(10);
}
