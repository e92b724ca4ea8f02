using Mainstay.Realtime.Hub.Limits;

namespace Mainstay.Realtime.Tests.Hub.Limits;

public class OutboxTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Outbox _outbox = new(new());

    [Fact]
    public void A_reader_that_stops_costs_at_most_a_mebibyte()
    {
        var taken = Enumerable.Range(0, 1000).Count(_ => _outbox.TryAdd(10_000, Now));
        Assert.Equal(104, taken);
        Assert.Equal(1_040_000, _outbox.Waiting);
    }

    [Fact]
    public void Nothing_taken_for_ten_seconds_is_too_slow_however_little_waits()
    {
        _outbox.TryAdd(1, Now);
        _outbox.TryAdd(1, Now.AddSeconds(9));
        Assert.False(_outbox.IsTooSlow(Now.AddSeconds(9.9)));
        Assert.True(_outbox.IsTooSlow(Now.AddSeconds(10)));
    }

    [Fact]
    public void A_slow_reader_that_takes_something_now_and_then_is_not_closed_and_an_idle_one_never()
    {
        _outbox.TryAdd(3, Now);
        _outbox.Took(1, Now.AddSeconds(9));
        Assert.False(_outbox.IsTooSlow(Now.AddSeconds(18)));
        _outbox.Took(2, Now.AddSeconds(18));
        Assert.Null(_outbox.Due);
        Assert.False(_outbox.IsTooSlow(Now.AddHours(1)));
        _outbox.TryAdd(1, Now.AddHours(1));
        Assert.False(_outbox.IsTooSlow(Now.AddHours(1).AddSeconds(9)));
    }
}
