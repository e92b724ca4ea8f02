using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Spec.Shipped;

/// <summary>The variables of a hub. Values that are read in a place of their own (keys, lists) are checked there.</summary>
public static class HubEnvironment
{
    public static ImmutableArray<EnvRuleSpec> Rules { get; } =
    [
        Range("HUB_BRANCH_RATE", "Requests a minute that one branch may ask.", 10, 1, 100_000),
        Range("HUB_TARGET_RATE", "Requests a minute that one device, or one part of it, may be asked.", 5, 1, 100_000),
        Rule("HUB_KEY_KEPT", EnvType.Duration, "How long a request's key and outcome are kept after its end.") with { Default = "5m", Min = "1m", Max = "24h" },
        Range("HUB_ROOM_EVENTS", "Events of a room that are kept for who comes back.", 1000, 1, 10_000),
        Rule("HUB_ROOM_AGE", EnvType.Duration, "How long they are kept.") with { Default = "1h", Min = "10s", Max = "24h" },
        Range("HUB_STATUS_WAIT_MS", "How long a change of status waits for others at most, in ms.", 100, 10, 10_000),
        Rule("HUB_PING", EnvType.Duration, "How often each connection is pinged; one that answers none of two is closed.") with { Default = "15s", Min = "1s", Max = "5m" },
        Rule("HUB_COMPRESSION", EnvType.Bool, "Messages are compressed (permessage-deflate) with clients that offer it.") with { Default = "false" },
        Rule("HUB_WEBHOOK_URL", EnvType.String, "Where the hub tells how requests ended that were asked over HTTP; empty: nowhere."),
        Rule("HUB_WEBHOOK_SECRET", EnvType.Secret, "What the webhook's notices are signed with, at least 32 characters.") with { MinLength = 32 },
        Rule("JWT_PUBLIC_KEY", EnvType.String, "The key that tokens are signed with: PEM, also with \\n for line ends, or a file."),
        Rule("JWT_JWKS", EnvType.String, "The keys that tokens are signed with, as a JSON Web Key Set: an http(s) URL or a file."),
        Rule("JWT_SECRET", EnvType.Secret, "The secret of HS256 tokens.") with { MinLength = 32 },
        Rule("JWT_ISSUER", EnvType.String, "Tokens must be of this issuer."),
        Rule("JWT_AUDIENCE", EnvType.String, "Tokens must be for this audience."),
        Rule("JWT_ALGORITHMS", EnvType.String, "A list of RS256, ES256 and HS256; without it, those that the keys allow."),
        Rule("ALLOWED_CIDRS", EnvType.String, "Addresses and prefixes from which devices, pages and backends may connect, a list; empty: all.") with { Example = "10.0.0.0/8, 2001:db8::/32" },
        Rule("JWT_ALLOW_QUERY", EnvType.Bool, "A token may stand in ?access_token=, for clients that can send no header.") with { Default = "false" },
        Rule("HUB_LICENCES", EnvType.String, "A file with licences of devices that have no tokens, by lines: BRANCH DEVICE SHA256, the hash of the device's key."),
        Rule("HUB_SOCKETIO_MAP", EnvType.String, "A JSON file that says what events of Socket.IO clients mean; without it they say the hub's own messages."),
        Rule("ALLOWED_ORIGINS", EnvType.String, "Origins of pages that may connect with web tokens, a list; empty: none.") with { Example = "https://app.example.com" },
        Rule("ORIGIN_REQUIRED", EnvType.Bool, "Only pages may connect.") with { Default = "false" },
    ];

    private static EnvRuleSpec Range(string name, string description, int otherwise, int min, int max) =>
        Rule(name, EnvType.Int, description) with { Default = Text(otherwise), Min = Text(min), Max = Text(max) };

    private static EnvRuleSpec Rule(string name, EnvType type, string description) =>
        new(name, type, false, null, null, null, null, null, [], [], null, null, null, false, [], null, description, null, SourceSpan.None);

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
