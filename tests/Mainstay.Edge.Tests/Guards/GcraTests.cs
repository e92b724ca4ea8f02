using FsCheck;
using FsCheck.Fluent;
using Mainstay.Edge.Guards.RateLimits;

namespace Mainstay.Edge.Tests.Guards;

public sealed class GcraTests
{
    private const long Second = 1000;

    [Fact]
    public void A_burst_is_let_through_at_once_and_then_one_each_interval()
    {
        var rule = new Gcra(6, 60 * Second, burst: 3);
        Assert.Equal([0, 0, 0, 10 * Second], Waits(rule, 0, 0, 0, 0));
        Assert.Equal([0, 0, 0, 1, 0, 10 * Second], Waits(rule, 0, 0, 0, 10 * Second - 1, 10 * Second, 10 * Second));
    }

    [Fact]
    public void What_is_refused_costs_nothing() =>
        Assert.Equal([0, Second, Second, Second, 0], Waits(new Gcra(1, Second, burst: 1), 0, 0, 0, 0, Second));

    [Fact]
    public void None_are_none_and_one_a_day_is_one_a_day()
    {
        Assert.Equal([Second, Second], Waits(new Gcra(0, Second, burst: 1), 0, 10_000 * Second));
        Assert.Equal([0, 86_399 * Second, 0], Waits(new Gcra(1, 86_400 * Second, burst: 1), 0, Second, 86_400 * Second));
    }

    /// <summary>Whoever waits as long as was said is let through, and no earlier.</summary>
    [Fact]
    public void What_is_said_to_wait_is_exactly_what_is_to_wait() => Prop.ForAll(Ways(), way =>
    {
        var (rule, times) = way;
        var (wholeAt, now) = (long.MinValue, 0L);
        foreach (var step in times)
        {
            now += step;
            var wait = rule.Wait(wholeAt, now);
            if (wait > 0 && (rule.Wait(wholeAt, now + wait) > 0 || rule.Wait(wholeAt, now + wait - 1) == 0))
            {
                return false;
            }

            wholeAt = wait == 0 ? rule.Take(wholeAt, now) : wholeAt;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    /// <summary>In any stretch of time no more than the burst and what refills in it.</summary>
    [Fact]
    public void No_stretch_of_time_has_more_than_the_burst_and_what_refills_in_it() => Prop.ForAll(Ways(), way =>
    {
        var (rule, times) = way;
        var (wholeAt, now) = (long.MinValue, 0L);
        var let = new List<long>();
        foreach (var step in times)
        {
            now += step;
            if (rule.Wait(wholeAt, now) == 0)
            {
                (wholeAt, _) = (rule.Take(wholeAt, now), 0);
                let.Add(now);
            }
        }

        return Enumerable.Range(0, let.Count).All(from => Enumerable.Range(from, let.Count - from).All(to => to - from + 1 <= Burst + 1 + ((let[to] - let[from]) / Interval)));
    }).QuickCheckThrowOnFailure();

    private const int Burst = 4;
    private const long Interval = 25;

    private static Arbitrary<(Gcra Rule, int[] Steps)> Ways() =>
        Arb.From(Gen.Choose(0, 60).ArrayOf().Select(steps => (new Gcra(4, 4 * Interval, Burst), steps)));

    private static long[] Waits(Gcra rule, params long[] times)
    {
        var wholeAt = long.MinValue;
        return [.. times.Select(now =>
        {
            var wait = rule.Wait(wholeAt, now);
            wholeAt = wait == 0 ? rule.Take(wholeAt, now) : wholeAt;
            return wait;
        })];
    }
}
