namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>
/// What an error of Redis means. Nearly all of them say that nothing can be stored while they last, or that somebody has to set something right: then the broker is down, the records wait, and none is
/// lost. That goes for WRONGTYPE and NOPERM, too. They concern one key and never heal by themselves, but every record of the key would be refused alike; refusing means throwing away, and
/// waiting means that all of them are stored once the key is freed or the right given.
/// </summary>
internal static class RedisErrors
{
    private const int LongestQuote = 200;

    /// <summary>Only a size is a property of the record: it will be too large however often it is sent.</summary>
    public static bool ConcernsTheRecordOnly(string error) =>
        error.StartsWith("ERR ", StringComparison.Ordinal) && (error.Contains("too large", StringComparison.OrdinalIgnoreCase) || error.Contains("too big", StringComparison.OrdinalIgnoreCase));

    /// <summary>A right that is missing for one key only says nothing about the others.</summary>
    public static bool ConcernsTheProbeOnly(string error) =>
        CodeOf(error) == "WRONGTYPE" || (CodeOf(error) == "NOPERM" && error.Contains(" key", StringComparison.OrdinalIgnoreCase));

    /// <summary>One sentence that begins with the server's name.</summary>
    /// <param name="topic">The stream that was written to; null when it was something else.</param>
    public static string Explain(string error, RedisOptions options, string? topic)
    {
        var said = Clean(error, options);
        var stream = topic is null ? "the stream" : $"stream \"{topic}\"";
        var cause = CodeOf(error) switch
        {
            "LOADING" => "is still loading its data",
            "OOM" => "has no memory left (maxmemory)",
            "MISCONF" => "takes no writes, since it cannot save to its disk",
            "READONLY" => "is a replica and takes no writes",
            "NOREPLICAS" => "takes no writes, since too few replicas follow it",
            "CLUSTERDOWN" => "belongs to a cluster that is down",
            "MOVED" or "ASK" => $"belongs to a cluster that keeps {stream} on another node, which is not supported",
            "BUSY" => "is busy with a script",
            "NOAUTH" => "asks for a password",
            "WRONGPASS" => "refused the user or the password",
            "NOPERM" => topic is null ? "does not permit its user what is needed" : $"does not permit its user to write {stream}",
            "WRONGTYPE" => $"holds something else than a stream under the key of {stream}; delete or rename it",
            _ => "refused a command",
        };
        return $"redis at {options.Endpoint} {cause}: {said}";
    }

    /// <summary>The server's own words, short, on one line, and without what it repeats of ours: an unknown command is quoted with its arguments.</summary>
    public static string Clean(string error, RedisOptions options)
    {
        var quoted = error.IndexOf(", with args beginning", StringComparison.Ordinal);
        var text = quoted < 0 ? error : error[..quoted];
        text = string.IsNullOrEmpty(options.Password) ? text : text.Replace(options.Password, "***", StringComparison.Ordinal);
        text = text.Length > LongestQuote ? text[..LongestQuote] + "…" : text;
        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
    }

    private static string CodeOf(string error) => error.Split(' ', 2)[0];
}
