using System.Globalization;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>What a server told of itself when it was connected to.</summary>
/// <param name="Warning">One sentence for the log when what it confirmed does not survive its restart; empty otherwise.</param>
/// <param name="Clock">Its own time: its entries are numbered by it, so retention is reckoned by it. Null when it was not told.</param>
/// <param name="MaxStringBytes">The largest string that it reads. It closes the connection on a larger one, so that must never be sent.</param>
internal sealed record RedisWelcome(string Warning, DateTimeOffset? Clock, long MaxStringBytes)
{
    /// <summary>What a server reads that does not tell (<c>proto-max-bulk-len</c> as it is delivered).</summary>
    public const long UsualMaxStringBytes = 512L * 1024 * 1024;

    /// <summary>The first version whose XADD knows MINID.</summary>
    public static Version NeededVersion { get; } = new(6, 2);

    /// <summary>Whether acknowledged records survive a restart, from <c>CONFIG GET</c> or, where that is forbidden (null), from INFO.</summary>
    /// <param name="appendOnly">yes or no.</param>
    /// <param name="save">When snapshots are taken; empty for never.</param>
    public static string WarningFor(string endpoint, string? appendOnly, string? save, string? persistence)
    {
        appendOnly ??= Field(persistence, "aof_enabled") switch { "1" => "yes", "0" => "no", _ => null };
        return (appendOnly, save) switch
        {
            ("yes", _) => "",
            (null, _) => $"redis at {endpoint} does not tell whether it keeps anything across its restart (CONFIG and INFO are not permitted): what it confirmed may be lost with it",
            (_, "") => $"redis at {endpoint} keeps nothing across its restart (appendonly no): what it confirmed can be lost with it",
            (_, null) => $"redis at {endpoint} keeps snapshots at most across its restart (appendonly no): what it confirmed since the last one can be lost with it",
            _ => $"redis at {endpoint} keeps only snapshots across its restart (appendonly no, save {save}): what it confirmed since the last one can be lost with it",
        };
    }

    /// <summary>Why a server that told this cannot be used; empty when it can.</summary>
    /// <param name="info">The sections "server" and "replication" of INFO; null when not permitted.</param>
    public static string ProblemOf(string endpoint, string? info)
    {
        if (Version.TryParse(Field(info, "redis_version"), out var version) && version < NeededVersion)
        {
            return $"redis at {endpoint} is version {version}; retention by time (XADD … MINID) needs {NeededVersion} or newer";
        }

        return Field(info, "role") == "slave" ? $"redis at {endpoint} is a replica: what is written to it is thrown away or refused; the primary is needed" : "";
    }

    /// <summary>A value of <c>CONFIG GET</c>; null when it was not permitted.</summary>
    public static string? Setting(RespReply reply) => reply is { Kind: RespKind.Array, Items: [_, { Kind: RespKind.Bulk } value] } ? value.Text : null;

    /// <summary>The answer of <c>TIME</c>: seconds and microseconds.</summary>
    public static DateTimeOffset? Time(RespReply reply) =>
        reply is { Kind: RespKind.Array, Items: [var seconds, var micros] } && IsNumber(seconds, out var s) && IsNumber(micros, out var us) && s < MaxUnixSeconds
            ? DateTimeOffset.FromUnixTimeSeconds(s).AddMicroseconds(us) : null;

    /// <summary>The value behind <c>name:</c> in an answer of INFO.</summary>
    public static string? Field(string? info, string name) => info?.Split('\n')
        .Where(line => line.StartsWith(name + ":", StringComparison.Ordinal))
        .Select(line => line[(name.Length + 1)..].TrimEnd('\r'))
        .FirstOrDefault();

    private const long MaxUnixSeconds = 1L << 37;

    private static bool IsNumber(RespReply reply, out long number) => long.TryParse(reply.Text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
