using System.Diagnostics.CodeAnalysis;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.Realtime.Inspect;

/// <summary>What was asked for on the command line.</summary>
internal sealed record InspectArguments(string Verb, string Topic, IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> Flags)
{
    private static readonly string[] s_values = ["service", "data", "home", "url", "key", "from", "to", "wav", "raw"];
    private static readonly string[] s_flags = ["no-follow", "json"];

    public string? Value(string name) => Values.GetValueOrDefault(name);

    public bool Has(string flag) => Flags.Contains(flag);

    /// <param name="problem">One sentence; empty when there is none.</param>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out InspectArguments? parsed, out string problem)
    {
        parsed = null;
        var (topic, values, flags) = ("", new Dictionary<string, string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 1; i < args.Length; i++)
        {
            var word = args[i];
            var (name, value) = word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (word[2..at], word[(at + 1)..]) : (word.TrimStart('-'), null);
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                if (topic.Length > 0)
                {
                    problem = $"there is one topic too many: \"{word}\"";
                    return false;
                }

                topic = word;
            }
            else if (s_flags.Contains(name) && value is null)
            {
                flags.Add(name);
            }
            else if (s_values.Contains(name) && (value is not null || i + 1 < args.Length))
            {
                values[name] = value ?? args[++i];
            }
            else
            {
                problem = s_values.Contains(name) ? $"--{name} needs a value" : $"there is no option \"{word}\"";
                return false;
            }
        }

        parsed = new(args[0], topic, values, flags);
        problem = parsed.Fault();
        return problem.Length == 0;
    }

    private string Fault() => this switch
    {
        { Topic.Length: 0 } => "the topic is missing, e.g. audio_stream",
        _ when Value("url") is not null && (Value("service") ?? Value("data")) is not null => "--url says where the stream is; --service and --data then have no meaning",
        _ when Value("from") is { } from && !StartPoint.IsWellFormed(from, Value("url") is not null) =>
            $"--from \"{from}\" is none of start, end, a time such as 2026-11-22T03:00:00Z, a duration such as 10m, and a position as tail shows it behind @",
        { Verb: "tail" } when (Value("to") ?? Value("wav") ?? Value("raw")) is not null => "--to, --wav and --raw belong to replay",
        { Verb: "replay" } when s_targets.Count(t => Value(t) is not null) != 1 => "replay needs one of --to, --wav and --raw",
        { Verb: "replay" } when IsSameRedis(Value("url"), Value("to")) => "--to is the Redis that --url reads: every record would be stored there a second time",
        { Verb: "replay" } when Flags.Count > 0 => "--json and --no-follow belong to tail",
        { Verb: "replay" } when (Value("wav") ?? Value("raw")) is not null && Value("key") is null => "--wav and --raw need --key with the interaction whose audio is wanted",
        _ => "",
    };

    private static bool IsSameRedis(string? one, string? other) =>
        one is not null && other is not null && RedisOptions.TryParse(one, out var a, out _) && RedisOptions.TryParse(other, out var b, out _) && (a.Host, a.Port, a.Database) == (b.Host, b.Port, b.Database);

    private static readonly string[] s_targets = ["to", "wav", "raw"];
}
