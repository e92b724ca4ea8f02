using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Shipped;

/// <summary>The variables of an ingest service: those of the service before this one by their names and ranges, and ours. Values that are read in a place of their own (keys, lists) are checked there.</summary>
public static class IngestEnvironment
{
    public static ImmutableArray<EnvRuleSpec> Rules { get; } =
    [
        Enum("PUBSUB_ADAPTER", "Where frames are stored: redis_streams, log (a durable log on this machine) or in_memory (with ALLOW_LOSS only).", "log", ["redis_streams", "log", "in_memory"]),
        Rule("REDIS_URL", EnvType.Url, "The Redis of redis_streams.") with { RequiredIf = "PUBSUB_ADAPTER=redis_streams", Schemes = ["redis", "rediss"], Example = "redis://127.0.0.1:6379" },
        Rule("ALLOW_LOSS", EnvType.Bool, "Frames may be lost: needed for in_memory, which keeps nothing across a restart.") with { Default = "false" },
        Range("BUFFER_DURATION_MS", "Audio that may be unacknowledged before the client is made to wait, in ms.", 3000, 100, 30_000),
        Range("ACK_INTERVAL", "Frames between two acks.", 10, 1, 1000),
        Rule("STREAM_TOPIC", EnvType.String, "The stream of the frames; may contain {tenant_id} and {interaction_id}.") with { Default = "audio_stream", Pattern = @"^[A-Za-z0-9._:{}\-]{1,200}$" },
        Rule("EVENTS_TOPIC", EnvType.String, "The stream of started, stopped, cut and gap.") with { Default = "audio_events", Pattern = @"^[A-Za-z0-9._:\-]{1,200}$" },
        Enum("RECORD_FORMAT", "fields: audio as it came; json_base64: one field \"data\", as consumers of the service before this one read it.", "fields", ["fields", "json_base64"]),
        Rule("STREAM_RETENTION", EnvType.Duration, "How long a frame stays in its stream at least.") with { Default = "10m", Min = "10s" },
        Rule("SPOOL_MAX_BYTES", EnvType.Bytes, "What the spool may have on disk while the broker is away.") with { Default = "4GB", Min = "1MB" },
        Enum("SPOOL_WHEN_FULL", "What gives way then: reject pauses clients, drop_oldest loses the oldest frames and says which.", "reject", ["reject", "drop_oldest"]),
        Rule("JWT_PUBLIC_KEY", EnvType.String, "The key that tokens are signed with: PEM, also with \\n for line ends, or a file."),
        Rule("INGEST_AUTH", EnvType.String, "How clients prove who they are, a list: jwt, basic, cidr, twilio_signature, signed_url, none.") with { Example = "jwt" },
    ];

    private static EnvRuleSpec Range(string name, string description, int otherwise, int min, int max) =>
        Rule(name, EnvType.Int, description) with { Default = Text(otherwise), Min = Text(min), Max = Text(max) };

    private static EnvRuleSpec Enum(string name, string description, string otherwise, ImmutableArray<string> values) => Rule(name, EnvType.Enum, description) with { Default = otherwise, Values = values };

    private static EnvRuleSpec Rule(string name, EnvType type, string description) =>
        new(name, type, false, null, null, null, null, null, [], [], null, null, null, false, [], null, description, null, SourceSpan.None);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
