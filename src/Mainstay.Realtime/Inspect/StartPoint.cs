using System.Globalization;
using Mainstay.Spec.Parsing;

namespace Mainstay.Realtime.Inspect;

/// <summary>Where reading begins.</summary>
internal abstract record StartPoint
{
    /// <summary>start, end, a time, so long ago, or a position as it is shown.</summary>
    public static StartPoint Parse(string text, DateTimeOffset now) => text switch
    {
        "start" => new Oldest(),
        "end" => new Newest(),
        _ when DurationText.TryParse(text, out var ago) => new Since(now - ago),
        _ when text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => new Since(time),
        _ => new At(text),
    };

    public sealed record Oldest : StartPoint;

    public sealed record Newest : StartPoint;

    public sealed record Since(DateTimeOffset Time) : StartPoint;

    public sealed record At(string Position) : StartPoint;
}
