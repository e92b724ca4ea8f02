using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Guards;

namespace Mainstay.Edge.Tests.Guards;

public sealed class SwitchGuardTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, true, null, 0)]
    [InlineData(false, true, null, 60)]
    [InlineData(false, true, 90_000, 90)]
    [InlineData(false, true, 90_001, 91)]
    [InlineData(false, true, 1, 1)]
    [InlineData(false, true, 0, 0)]
    [InlineData(false, true, -5, 0)]
    [InlineData(false, false, -5, 60)]
    [InlineData(true, false, 5, 0)]
    [InlineData(true, false, 0, 60)]
    public void It_is_as_it_was_set_until_its_time_is_over_and_then_as_its_default(bool on, bool otherwise, int? leftMs, int retryAfter)
    {
        var guard = new SwitchGuard(Guard(), new("hooks", on, otherwise, leftMs is { } left ? s_now.ToUnixTimeMilliseconds() + left : null));
        Assert.Equal(retryAfter, guard.Check(s_now)?.RetryAfter ?? 0);
    }

    [Fact]
    public void It_answers_what_the_manifest_has_it_answer()
    {
        var verdict = new SwitchGuard(Guard() with { Status = 418, Body = "tea", ContentType = "text/plain", RetryAfterS = 7.2 }, new("hooks", false, true, null)).Check(s_now)!;
        Assert.Equal((418, 8, "text/plain"), (verdict.Status, verdict.RetryAfter, verdict.Own!.Type));
        Assert.Equal("tea"u8.ToArray(), verdict.Own.Bytes);
    }

    [Fact]
    public void The_switch_comes_before_the_limits_so_that_what_it_refuses_is_not_counted()
    {
        var limit = new Edge.Guards.RateLimits.RateLimit(new(["route"], 1, 60, 1, null, 56), 1000, new());
        Assert.Equal("switched-off", new RouteGuards(new(Guard(), new("hooks", false, true, null)), [limit]).Decide(new Facts(), 0, s_now).Refusal!.Kind);
        Assert.Null(new RouteGuards(null, [limit]).Decide(new Facts(), 0, s_now).Refusal);
    }

    private static EdgeSwitchGuard Guard() => new("hooks", 503, null, "text/plain", 0, null);
}
