using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Shipped;

/// <summary>The variables of an ingest service: those of the service before this one by their names and ranges, and ours. Values that are read in a place of their own (keys, lists) are checked there.</summary>
public static class IngestEnvironment
{
    public static ImmutableArray<EnvRuleSpec> Rules { get; } =
    [
        Enum("PUBSUB_ADAPTER", "Where frames are stored: redis_streams, kafka, log (a durable log on this machine) or in_memory (with ALLOW_LOSS only).", "log", ["redis_streams", "kafka", "log", "in_memory"]),
        Rule("REDIS_URL", EnvType.Url, "The Redis of redis_streams.") with { RequiredIf = "PUBSUB_ADAPTER=redis_streams", Schemes = ["redis", "rediss"], Example = "redis://127.0.0.1:6379" },
        Rule("KAFKA_BROKERS", EnvType.String, "The brokers of kafka that are asked first, a list; needs librdkafka1 of the distribution.") with
        {
            RequiredIf = "PUBSUB_ADAPTER=kafka", Pattern = @"^ *(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(:[0-9]{1,5})?( *, *(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(:[0-9]{1,5})?)* *$", Example = "kafka-1:9092,kafka-2:9092",
        },
        Rule("KAFKA_USERNAME", EnvType.String, "Logs in at kafka by SASL."),
        Rule("KAFKA_PASSWORD", EnvType.Secret, "The password of KAFKA_USERNAME.") with { RequiredIf = "KAFKA_USERNAME" },
        Enum("KAFKA_SASL", "How the password is proved.", "SCRAM-SHA-512", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]),
        Rule("KAFKA_TLS", EnvType.Bool, "Connections to kafka are encrypted, and its certificates verified.") with { Default = "false" },
        Rule("KAFKA_CA", EnvType.File, "PEM: authorities that are trusted in place of the system's."),
        Rule("ALLOW_LOSS", EnvType.Bool, "Frames may be lost: needed for in_memory, which keeps nothing across a restart.") with { Default = "false" },
        Range("BUFFER_DURATION_MS", "Audio that may be unacknowledged before the client is made to wait, in ms.", 3000, 100, 30_000),
        Range("ACK_INTERVAL", "Frames between two acks.", 10, 1, 1000),
        Rule("STREAM_TOPIC", EnvType.String, "The stream of the frames; may contain {tenant_id} and {interaction_id}.") with { Default = "audio_stream", Pattern = @"^([A-Za-z0-9._:\-]|\{(tenant|interaction)_id\}){1,200}$" },
        Rule("EVENTS_TOPIC", EnvType.String, "The stream of started, stopped, cut, gap, dtmf and mark.") with { Default = "audio_events", Pattern = @"^[A-Za-z0-9._:\-]{1,200}$" },
        Enum("RECORD_FORMAT", "fields: audio as it came; json_base64: one field \"data\", as consumers of the service before this one read it.", "fields", ["fields", "json_base64"]),
        Rule("STREAM_RETENTION", EnvType.Duration, "How long a frame stays in its stream at least.") with { Default = "10m", Min = "10s" },
        Rule("SPOOL_MAX_BYTES", EnvType.Bytes, "What the spool may have on disk while the broker is away.") with { Default = "4GB", Min = "1MB" },
        Enum("SPOOL_WHEN_FULL", "What gives way then: reject pauses clients, drop_oldest loses the oldest frames and says which.", "reject", ["reject", "drop_oldest"]),
        Rule("INGEST_AUTH", EnvType.String, "How clients prove who they are, a list: jwt, basic, cidr, twilio_signature, signed_url, none. Without it: jwt, by JWT_PUBLIC_KEY.") with { Example = "jwt" },
        Rule("JWT_PUBLIC_KEY", EnvType.Pem, "The key that tokens are signed with, line ends also as \\n; several keys one after another for a rotation."),
        Rule("JWT_JWKS", EnvType.String, "Keys as a JWK set: a file or a URL."),
        Rule("JWT_SECRET", EnvType.Secret, "The secret of HS256 tokens.") with { MinLength = 32 },
        Rule("JWT_ISSUER", EnvType.String, "Tokens must be of this issuer."),
        Rule("JWT_AUDIENCE", EnvType.String, "Tokens must be for this audience."),
        Rule("JWT_ALGORITHMS", EnvType.String, "A list of RS256, ES256 and HS256; without it, those that the keys allow."),
        Rule("JWT_REQUIRE_TENANT", EnvType.Bool, "Tokens must have a tenant_id.") with { Default = "true" },
        Rule("JWT_ALLOW_QUERY", EnvType.Bool, "A token may stand in ?access_token=, for clients that can send no header.") with { Default = "false" },
        Rule("BASIC_AUTH", EnvType.Secret, "A list of user:password."),
        Rule("ALLOWED_CIDRS", EnvType.String, "A list of addresses and ranges, one for all routes: where cidr is a method they are admitted, at every other route only they may come.") with { Example = "203.0.113.0/24, 2001:db8::/32" },
        Rule("ALLOWED_ORIGINS", EnvType.String, "Pages that may connect, a list of scheme, host and port.") with { Example = "https://app.example.com" },
        Rule("ORIGIN_REQUIRED", EnvType.Bool, "Only pages may connect.") with { Default = "false" },
        Rule("TWILIO_AUTH_TOKEN", EnvType.Secret, "For twilio_signature."),
        Rule("PUBLIC_URL", EnvType.Url, "How carriers reach this server, without the path: what Twilio was told to dial, and what Exotel is told.") with { Schemes = ["wss", "https", "ws", "http"], Example = "wss://voice.example.com" },
        Rule("SIGNING_KEY", EnvType.Secret, "For signed_url.") with { MinLength = 32 },
        Rule("SIGNING_KEY_PREVIOUS", EnvType.Secret, "The key before it, while URLs signed with it are still about.") with { MinLength = 32 },
        Rule("EXOTEL_AUTH", EnvType.String, "How Exotel proves who it is at /v1/ingest/exotel, a list as INGEST_AUTH. Without it that route does not exist.") with { Example = "basic, signed_url" },
        Rule("TWILIO_AUTH", EnvType.String, "The same for Twilio at /v1/ingest/twilio.") with { Example = "twilio_signature" },
        Rule("TELNYX_AUTH", EnvType.String, "The same for Telnyx at /v1/ingest/telnyx.") with { Example = "basic" },
        Rule("TELEPHONY_TENANT", EnvType.String, "The tenant of all calls of carriers. Without it, the carrier's account.") with { Pattern = @"^[\x21-\x7E]{1,200}$" },
        Rule("SUPPORT_EXOTEL", EnvType.Bool, "Exotel may connect to /v1/ingest itself, as to the service before this one. Needs EXOTEL_AUTH.") with { Default = "false" },
        Rule("EXO_BRIDGE_ENABLED", EnvType.Bool, "Another name of SUPPORT_EXOTEL.") with { Default = "false" },
        Range("EXO_MAX_BUFFER_MS", "Accepted as the service before this one had it. Nothing is dropped by it: what waits is bounded by the outbox in bytes, and goes to the spool.", 500, 100, 10_000),
        Range("EXO_IDLE_CLOSE_S", "An Exotel call without audio for so long is over, in seconds.", 10, 1, 300),
        Rule("CALL_DRAIN", EnvType.Duration, "How long a process that ends waits for its calls of carriers to end.") with { Default = "60m", Min = "0s", Max = "4h" },
        Rule("CALLS_TOKEN", EnvType.Secret, "Opens /v1/calls, by which calls of carriers are spoken to; sent as a bearer token.") with { MinLength = 32 },
    ];

    private static EnvRuleSpec Range(string name, string description, int otherwise, int min, int max) =>
        Rule(name, EnvType.Int, description) with { Default = Text(otherwise), Min = Text(min), Max = Text(max) };

    private static EnvRuleSpec Enum(string name, string description, string otherwise, ImmutableArray<string> values) => Rule(name, EnvType.Enum, description) with { Default = otherwise, Values = values };

    private static EnvRuleSpec Rule(string name, EnvType type, string description) =>
        new(name, type, false, null, null, null, null, null, [], [], null, null, null, false, [], null, description, null, SourceSpan.None);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
