using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Instances;

/// <summary>
/// Keeps restarts bounded whatever the period of the crashes: a sliding window over all unplanned exits, and a delay that
/// doubles. The window is never emptied by good behaviour, only by time and by an explicit start; the delay is.
/// </summary>
internal static class RestartBrake
{
    /// <summary>A manifest may ask for no delay at all. This much there always is between a crash and the next spawn.</summary>
    public static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>Delays differ by up to this share, so that instances that died together do not start together.</summary>
    private const double Spread = 0.2;

    /// <summary>The exits that still count, with <paramref name="now"/> as the newest. At most one more than the limit is ever needed.</summary>
    public static ImmutableArray<TimeSpan> Count(ImmutableArray<TimeSpan> exits, TimeSpan now, RestartSpec restart)
    {
        // An exit that lies in the future can only come from a journal of another boot; it counts, because forgetting it could free a storm.
        var counted = exits.Where(at => now - at < restart.Window).Append(now).ToImmutableArray();
        var needed = Math.Max(0, restart.MaxRestarts) + 1;
        return counted.Length <= needed ? counted : counted[^needed..];
    }

    public static bool IsReached(ImmutableArray<TimeSpan> exits, RestartSpec restart) => exits.Length > Math.Max(0, restart.MaxRestarts);

    /// <summary>Doubles from the initial delay and never passes the greatest.</summary>
    /// <param name="streak">From 1.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan Delay(int streak, double chance, RestartSpec restart)
    {
        // The shift is capped because the product would overflow long before the greatest delay applies.
        var doubled = restart.BackoffInitial * (1L << Math.Clamp(streak - 1, 0, 20));
        var full = doubled < restart.BackoffMax ? doubled : restart.BackoffMax;
        var spread = full * (1 - (Spread * Math.Clamp(chance, 0, 1)));
        return spread > LeastDelay ? spread : LeastDelay;
    }
}
