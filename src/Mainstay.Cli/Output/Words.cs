using System.Globalization;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Output;

/// <summary>How sizes, durations and states are written for people.</summary>
internal static class Words
{
    public static string Of(InstancePhase state) => state switch
    {
        InstancePhase.Waiting => "waiting",
        InstancePhase.Starting => "starting",
        InstancePhase.Running => "running",
        InstancePhase.Draining => "draining",
        InstancePhase.Stopping => "stopping",
        InstancePhase.Stopped => "stopped",
        InstancePhase.Backoff => "backoff",
        InstancePhase.Parked => "parked",
    };

    public static string Of(Health health) => health switch
    {
        Health.Unknown => "unknown",
        Health.Healthy => "healthy",
        Health.Degraded => "degraded",
        Health.Unhealthy => "unhealthy",
    };

    /// <summary>Decimal units, as the manifest writes them.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => Number(bytes, "0", "B"),
        < 1_000_000 => Number(bytes / 1e3, "0", "kB"),
        < 100_000_000 => Number(bytes / 1e6, "0.0", "MB"),
        < 1_000_000_000 => Number(bytes / 1e6, "0", "MB"),
        < 1_000_000_000_000 => Number(bytes / 1e9, "0.00", "GB"),
        _ => Number(bytes / 1e12, "0.00", "TB"),
    };

    /// <summary>The two largest units: <c>4.2s</c>, <c>3m12s</c>, <c>2h05m</c>, <c>4d03h</c>.</summary>
    public static string Duration(double seconds)
    {
        var whole = (long)Math.Max(0, seconds);
        return whole switch
        {
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds):0.0}s"),
            < 60 => $"{whole}s",
            < 3_600 => $"{whole / 60}m{whole % 60:00}s",
            < 86_400 => $"{whole / 3_600}h{whole / 60 % 60:00}m",
            _ => $"{whole / 86_400}d{whole / 3_600 % 24:00}h",
        };
    }

    public static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.0}%");

    public static string Count(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";

    private static string Number(double value, string format, string unit) => value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
