using System.Globalization;
using System.Text.RegularExpressions;
using Mainstay.Spec.Parsing;

namespace Mainstay.Realtime.Inspect;

/// <summary>Where reading begins.</summary>
internal abstract partial record StartPoint
{
    /// <summary>start, end, a time, so long ago, or a position as it is shown.</summary>
    public static StartPoint Parse(string text, DateTimeOffset now) => text switch
    {
        "start" => new Oldest(),
        "end" => new Newest(),
        _ when DurationText.TryParse(text, out var ago) => new Since(ago < now - DateTimeOffset.MinValue ? now - ago : DateTimeOffset.MinValue),
        _ when text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => new Since(time),
        _ => new At(text),
    };

    /// <summary>Whether it can be meant, by its look alone; whether there is such a position, only its stream can say.</summary>
    public static bool IsWellFormed(string text, bool ofRedis) =>
        Parse(text, DateTimeOffset.UnixEpoch) is not At || (ofRedis ? RedisPosition() : LogPosition()).IsMatch(text);

    [GeneratedRegex(@"^\(?[0-9]{1,20}(-[0-9]{1,20})?$", RegexOptions.CultureInvariant)]
    private static partial Regex RedisPosition();

    [GeneratedRegex("^[^:/]+:[0-9]{1,19}$", RegexOptions.CultureInvariant)]
    private static partial Regex LogPosition();

    public sealed record Oldest : StartPoint;

    public sealed record Newest : StartPoint;

    public sealed record Since(DateTimeOffset Time) : StartPoint;

    public sealed record At(string Position) : StartPoint;
}
