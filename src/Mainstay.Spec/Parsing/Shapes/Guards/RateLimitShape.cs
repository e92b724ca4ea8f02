using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes.Guards;

internal sealed partial class RateLimitShape() : Shape<RateLimitSpec>("rate_limit")
{
    private const string OfHeader = "header:";
    private const int MaxKeys = 5;

    /// <summary>What tells clients apart.</summary>
    public static ListKind<LimitKeySpec> Parts { get; } = new(
        new ParsedKind<LimitKeySpec>(ManifestCodes.BadLimit, "client_ip, route or header:NAME", "client_ip", KeyOf, KeyHint), "client_ip, route or header:NAME, or a list of them", orOne: true);

    private static readonly Key<ImmutableArray<Item<LimitKeySpec>>> s_key = new(
        "key",
        Parts,
        [],
        "What requests are counted by; of a list, each combination.")
    {
        IsRequired = true,
        AlsoKnownAs = ["keys", "by", "per"],
    };

    private static readonly Key<LimitDraft> s_limit = new("limit", new LimitText(), new(1, TimeSpan.FromSeconds(1)), "How many requests in how much time.")
    {
        IsRequired = true,
        AlsoKnownAs = ["rate", "max", "requests"],
    };

    private static readonly Key<int> s_burst = new("burst", new WholeNumberKind(1, 1_000_000, "20"), 1, "How many at once, before the rate alone counts.", "the limit's count");

    private static readonly Key<string> s_fallback = new(
        "fallback", new TextKind("a plain word of at most 200 characters", "unknown", ManifestCodes.BadLimit, PlainPattern()), "",
        "What requests without the header count as: one key for all of them, or client_ip.", "none")
    {
        AlsoKnownAs = ["default", "missing"],
    };

    private static readonly Key<int> s_ipv6 = new("ipv6_prefix", new WholeNumberKind(32, 128, "56"), 56, "How many bits of an IPv6 address make one client.");

    public override ImmutableArray<Key> Keys { get; } = [s_key, s_limit, s_burst, s_fallback, s_ipv6];

    protected override RateLimitSpec Build(Fields fields)
    {
        var (keys, limit) = (fields.Read(s_key).Values(), fields.Read(s_limit));
        var header = keys.FirstOrDefault(k => k.Kind is LimitKeyKind.Header);
        var hasFallback = fields.TryRead(s_fallback, out var fallback);
        if (header is not null && !fields.Has(s_fallback))
        {
            fields.Report(
                ManifestCodes.LimitWithoutFallback, s_key, $"it counts by the header {header.Name}, and says nothing of requests without it, so that leaving it out would be the way around the limit",
                "add for example \"fallback: unknown\", which counts them together, or \"fallback: client_ip\"");
        }
        else if (header is null && fields.Has(s_fallback) && !keys.IsEmpty)
        {
            fields.Report(ManifestCodes.ValuesDisagree, s_fallback, "there is a fallback, but no header that could be missing", "remove \"fallback\", or count by \"header:NAME\"");
        }

        if (keys.Length > MaxKeys)
        {
            fields.Report(ManifestCodes.BadLimit, s_key, $"it counts by {keys.Length} things, more than {MaxKeys}", "name the few that tell clients apart");
        }

        foreach (var twice in keys.GroupBy(k => k).Where(g => g.Count() > 1))
        {
            fields.Report(ManifestCodes.ValuesDisagree, s_key, $"{twice.Key.Kind} stands there twice", "remove one of them");
        }

        return new(keys, limit.Count, limit.Per, fields.ReadOrNull(s_burst) ?? Math.Max(1, limit.Count), hasFallback && header is not null ? fallback : null, fields.Read(s_ipv6));
    }

    private static LimitKeySpec? KeyOf(string text) => text switch
    {
        "client_ip" => new(LimitKeyKind.ClientIp, ""),
        "route" => new(LimitKeyKind.Route, ""),
        _ when text.StartsWith(OfHeader, StringComparison.Ordinal) && HeaderKinds.IsName(text[OfHeader.Length..]) => new(LimitKeyKind.Header, text[OfHeader.Length..].ToLowerInvariant()),
        _ => null,
    };

    private static string? KeyHint(string text) =>
        text.Replace('-', '_').ToLowerInvariant() is "ip" or "client_ip" or "remote_addr" or "address" ? "write \"client_ip\""
        : text.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && HeaderKinds.IsName(text) ? $"write \"header:{text}\""
        : null;

    [GeneratedRegex(@"^[\x21-\x7e]{1,200}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex PlainPattern();
}
