using System.Collections.Immutable;
using Mainstay.Rollout.Ports;
using Mainstay.Rollout.Watching;
using Mainstay.Spec.Model;

namespace Mainstay.Rollout.Tests.Watching;

public class ReleaseJudgeTests
{
    [Fact]
    public void What_was_not_judged_for_want_of_requests_is_said()
    {
        Assert.Equal(["too few requests to judge p99 (54 of 100)"], Unjudged(old: 500, now: 54));
        Assert.Equal(["too few requests to judge p99 (99 of 100 by the release before)"], Unjudged(old: 99, now: 100));
        Assert.Equal(["too few requests to judge the error rate (19 of 20)", "too few requests to judge p99 (19 of 100)"], Unjudged(old: 500, now: 19));
        Assert.Empty(Unjudged(old: 100, now: 100));
    }

    [Fact]
    public void What_is_not_asked_for_is_not_missed() =>
        Assert.Empty(ReleaseJudge.Unjudged(Seen(0, 0), RollbackOnSpec.Default with { ErrorRate = null, P99Factor = null }));

    [Fact]
    public void From_a_hundred_requests_on_both_sides_a_slow_release_is_objected_to()
    {
        Assert.Null(ReleaseJudge.Objection(Seen(100, 99, slow: true), RollbackOnSpec.Default with { P99Factor = 2 }));
        Assert.Contains("slowest hundredth", ReleaseJudge.Objection(Seen(100, 100, slow: true), RollbackOnSpec.Default with { P99Factor = 2 }), StringComparison.Ordinal);
    }

    private static ImmutableArray<string> Unjudged(long old, long now) =>
        ReleaseJudge.Unjudged(Seen(old, now), RollbackOnSpec.Default with { ErrorRate = 0.02, P99Factor = 2 });

    private static ReleaseSeen Seen(long old, long now, bool slow = false) => new(Requests(old, 0), Requests(now, slow ? 20 : 0), 0, "", 0);

    private static Figures Requests(long count, int bucket) => new(count, 0, [.. Enumerable.Range(0, LatencyBuckets.Count).Select(b => b == bucket ? count : 0)]);
}
