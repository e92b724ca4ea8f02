using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Quality;

/// <summary>
/// What the last pings tell of a connection, and the grade that follows with hysteresis: it falls when three of the last five samples are worse than it, and rises when five in a row are better. A sample
/// is the time of a round trip, or a pong that did not come before the next ping. One late pong among good ones changes nothing.
/// </summary>
/// <param name="Grade">As shown; a new connection begins as good, since nothing is known of it.</param>
/// <param name="Samples">The last twenty, the newest last; null for a missed pong.</param>
/// <param name="SinceChange">Samples since the grade changed: what led to one change does not lead to the next.</param>
internal sealed record LinkQuality(LinkGrade Grade, ImmutableArray<TimeSpan?> Samples, int SinceChange)
{
    public const int Window = 20;
    private const int ToFall = 3;
    private const int ToFallOf = 5;
    private const int ToRise = 5;

    public static readonly LinkQuality Initial = new(LinkGrade.Good, [], 0);

    public int Missed => Samples.Count(s => s is null);

    /// <summary>The mean of the round trips in the window; null when none was answered.</summary>
    public TimeSpan? Mean => Samples.Any(s => s is not null) ? TimeSpan.FromTicks((long)Samples.OfType<TimeSpan>().Average(s => s.Ticks)) : null;

    /// <summary>The connection is as good as gone: as many pings in a row as a half-open peer is given.</summary>
    public bool IsSilent => Samples.Length >= 2 && Samples[^1] is null && Samples[^2] is null;

    /// <param name="roundTrip">Null: the pong did not come before the next ping.</param>
    public LinkQuality Next(TimeSpan? roundTrip)
    {
        var samples = (Samples.Length < Window ? Samples : Samples.RemoveAt(0)).Add(roundTrip);
        var seen = this with { Samples = samples, SinceChange = SinceChange + 1 };
        var fresh = samples[^Math.Min(samples.Length, seen.SinceChange)..].Select(GradeOf).ToArray();

        // As far as three of them agree: one that was terrible does not drag two that were merely bad.
        var worse = fresh.TakeLast(ToFallOf).Where(g => g < Grade).ToArray();
        if (worse.Length >= ToFall)
        {
            return seen with { Grade = worse.OrderBy(g => g).ElementAt(ToFall - 1), SinceChange = 0 };
        }

        // Three missed anywhere in the window: too rare to be three of five, too many to be chance.
        if (seen.Missed >= ToFall && roundTrip is null && Grade > LinkGrades.OfMissed(seen.Missed))
        {
            return seen with { Grade = LinkGrades.OfMissed(seen.Missed), SinceChange = 0 };
        }

        var best = LinkGrades.OfMissed(seen.Missed);
        var rise = fresh.Length >= ToRise ? fresh.TakeLast(ToRise).Min() : Grade;
        rise = rise < best ? rise : best;
        return rise > Grade ? seen with { Grade = rise, SinceChange = 0 } : seen;
    }

    private static LinkGrade GradeOf(TimeSpan? sample) => sample is { } s ? LinkGrades.OfRoundTrip(s) : LinkGrade.Poor;
}
