using Mainstay.Realtime.Adapters.Kafka;

namespace Mainstay.Realtime.Tests.Adapters.Kafka;

/// <summary>When a silent cluster counts as gone. A tick each 100 ms; times in ms.</summary>
public sealed class KafkaWatchTests
{
    private readonly KafkaWatch _watch = new(0, 1000);
    private long _now;

    [Fact]
    public void What_is_owed_and_does_not_move_for_two_seconds_is_dead()
    {
        Assert.DoesNotContain(KafkaVerdict.Dead, Ticks(1900, oldest: 0));
        Assert.Equal(KafkaVerdict.Dead, Ticks(100, oldest: 0)[^1]);
    }

    [Fact]
    public void One_record_may_be_stuck_for_five_seconds_while_others_are_confirmed()
    {
        for (var i = 0; i < 49; i++)
        {
            _watch.Moved(_now);
            Assert.DoesNotContain(KafkaVerdict.Dead, Ticks(100, oldest: 0));
        }

        _watch.Moved(_now);
        Assert.Equal(KafkaVerdict.Dead, Ticks(100, oldest: 0)[^1]);
    }

    [Fact]
    public void Who_rests_is_asked_each_second_and_a_suspect_at_once()
    {
        Assert.Equal([9], Asked(Ticks(1000, null)));
        _watch.Answered(_now);
        Assert.Equal([9], Asked(Ticks(1000, null)));
        _watch.Answered(_now);
        Assert.Equal(KafkaVerdict.Ask, _watch.Tick(null, true, _now += 100));
    }

    [Fact]
    public void After_a_time_in_which_we_were_stopped_the_wait_begins_anew()
    {
        Ticks(1000, oldest: 0);
        _now += 60_000;
        Assert.DoesNotContain(KafkaVerdict.Dead, Ticks(1900, oldest: 0));
        Assert.Contains(KafkaVerdict.Dead, Ticks(300, oldest: 0));
    }

    private static int[] Asked(KafkaVerdict[] verdicts) => [.. verdicts.Index().Where(v => v.Item is KafkaVerdict.Ask).Select(v => v.Index)];

    private KafkaVerdict[] Ticks(long ms, long? oldest) => [.. Enumerable.Range(0, (int)(ms / 100)).Select(_ => _watch.Tick(oldest, false, _now += 100))];
}
