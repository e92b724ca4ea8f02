using System.Globalization;

namespace Mainstay.Cli.Output;

/// <summary>Points in time for people: in their own zone, or by how long ago they were.</summary>
internal sealed class Moments(TimeProvider time)
{
    public string When(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>From begin to end, or until now for what still goes; <c>-</c> for what never began.</summary>
    public string Took(DateTimeOffset? from, DateTimeOffset? to) => from is { } began ? Words.Duration(((to ?? time.GetUtcNow()) - began).TotalSeconds) : "-";

    public string Ago(DateTimeOffset at) => Words.Duration((time.GetUtcNow() - at).TotalSeconds);
}
