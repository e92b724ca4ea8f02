using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Limits;

namespace Mainstay.Realtime.Tests.Hub.Limits;

public class RateLimiterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<(Rate Rate, int[] Waits)> Loads =
        from count in Gen.Choose(1, 20)
        from burst in Gen.Choose(1, count)
        from waits in Gen.Choose(0, 20_000).ListOf()
        select (Rate.PerMinute(count, burst), waits.Select(w => w < 9000 ? 0 : w < 18_000 ? w / 6 : w * 4).ToArray());

    /// <summary>The model counts: in the minute behind each that went through there are never more than the burst allows, and what is refused goes through after the wait, not before.</summary>
    [Fact]
    public void In_no_minute_more_goes_through_than_count_and_burst_less_one() => Prop.ForAll(Loads.ToArbitrary(), load =>
    {
        var (limiter, now, through) = (new RateLimiter(load.Rate, 10), Now, new List<DateTimeOffset>());
        var good = true;
        foreach (var wait in load.Waits)
        {
            now += TimeSpan.FromMilliseconds(wait);
            var after = limiter.TryTake("a", now);
            if (after == TimeSpan.Zero)
            {
                through.Add(now);
            }
            else
            {
                good &= limiter.WaitFor("a", now + after) == TimeSpan.Zero && limiter.WaitFor("a", now + after - TimeSpan.FromTicks(1)) > TimeSpan.Zero;
            }
        }

        return good && through.All(t => through.Count(o => o >= t && o < t + load.Rate.Per) <= load.Rate.Count + load.Rate.Burst - 1);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_keeps_the_rate_is_never_refused()
    {
        var (limiter, rate) = (new RateLimiter(new HubRates().Branch, 10), new HubRates().Branch);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(TimeSpan.Zero, limiter.TryTake("a", Now + i * rate.Interval));
        }
    }

    [Fact]
    public void At_the_edge_of_a_minute_there_is_no_second_burst()
    {
        var limiter = new RateLimiter(new HubRates().Branch, 10);
        var through = Enumerable.Range(0, 4000).Count(i => limiter.TryTake("a", Now.AddSeconds(58).AddMilliseconds(i)) == TimeSpan.Zero);
        Assert.Equal(3, through);
    }

    [Fact]
    public void Names_are_bounded_and_none_begins_anew_by_pushing_another_out()
    {
        var limiter = new RateLimiter(Rate.PerMinute(6, 1), 2);
        Assert.Equal(TimeSpan.Zero, limiter.TryTake("a", Now));
        Assert.Equal(TimeSpan.Zero, limiter.TryTake("b", Now.AddSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(8), limiter.TryTake("c", Now.AddSeconds(2)));
        Assert.Equal(TimeSpan.FromSeconds(8), limiter.TryTake("a", Now.AddSeconds(2)));
        Assert.Equal(TimeSpan.Zero, limiter.TryTake("c", Now.AddSeconds(10)));
        Assert.Equal(2, limiter.Count);
    }

    [Fact]
    public void What_one_limit_refuses_uses_up_no_other()
    {
        var limits = new RequestLimits(new HubRates { Branch = Rate.PerMinute(10, 3), Target = Rate.PerMinute(5, 1) });
        var who = Identity.In(new(IdentityKind.Backend, "app", [new("north")], [], [], [], []), null)!;
        TargetAddress Printer(string part) => new(new(who.Branch, "till"), part);

        Assert.Equal(LimitedBy.Nothing, limits.Request(who, Printer("1"), Now).By);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(new LimitVerdict(LimitedBy.Target, TimeSpan.FromSeconds(12)), limits.Request(who, Printer("1"), Now));
        }

        Assert.Equal(LimitedBy.Nothing, limits.Request(who, Printer("2"), Now).By);
        Assert.Equal(LimitedBy.Nothing, limits.Request(who, Printer("3"), Now).By);
        Assert.Equal(LimitedBy.Branch, limits.Request(who, Printer("4"), Now).By);
    }

    [Fact]
    public void Printers_of_one_name_in_two_branches_are_two()
    {
        var limits = new RequestLimits(new HubRates { Target = Rate.PerMinute(5, 1) });
        foreach (var branch in (string[])["north", "south"])
        {
            var who = Identity.In(new(IdentityKind.Backend, "app", [new(branch)], [], [], [], []), null)!;
            Assert.Equal(LimitedBy.Nothing, limits.Request(who, AccessRules.Target(who.Branch, "device:till")!.Value, Now).By);
        }
    }
}
