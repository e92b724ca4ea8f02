namespace Mainstay.Edge;

/// <summary>Durations on the wire are seconds; what is negative, endless or not a number is cut to what a timer can do.</summary>
internal static class Seconds
{
    private const double Most = 24 * 3600;

    public static TimeSpan Of(double seconds) => TimeSpan.FromSeconds(double.IsNaN(seconds) ? 0 : Math.Clamp(seconds, 0, Most));
}
