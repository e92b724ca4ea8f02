using Mainstay.Realtime.Adapters.Redis;
using static Mainstay.Realtime.Adapters.Redis.SilenceVerdict;

namespace Mainstay.Realtime.Tests.Adapters.Redis;

/// <summary>In milliseconds: asks after 500, dead after 1000, a tick is late after 250.</summary>
public sealed class SilenceWatchTests
{
    [Fact]
    public void An_idle_server_is_asked_and_a_silent_one_is_dead()
    {
        var watch = new SilenceWatch(500, 1000, 250, 0);
        Assert.Equal(500, Ticks(ref watch, owed: false, mark: 0, from: 50, Ask));
        Assert.Equal(1500, Ticks(ref watch, owed: true, mark: 0, from: 550, Dead));
    }

    [Fact]
    public void Whatever_moves_is_alive()
    {
        var watch = new SilenceWatch(500, 1000, 250, 0);
        for (var now = 50; now < 10_000; now += 50)
        {
            Assert.Equal(Fine, watch.Tick(true, now / 800, now));
        }
    }

    [Fact]
    public void The_wait_begins_when_the_answer_is_owed()
    {
        var watch = new SilenceWatch(500, 1000, 250, 0);
        Assert.Equal(Fine, watch.Tick(false, 0, 200));
        Assert.Equal(Fine, watch.Tick(false, 0, 400));
        Assert.Equal(1450, Ticks(ref watch, owed: true, mark: 0, from: 450, Dead));
    }

    [Fact]
    public void Who_was_stopped_himself_accuses_nobody()
    {
        var watch = new SilenceWatch(500, 1000, 250, 0);
        Assert.Equal(Fine, watch.Tick(true, 0, 50));
        Assert.Equal(Fine, watch.Tick(true, 0, 60_000));
        Assert.Equal(61_000, Ticks(ref watch, owed: true, mark: 0, from: 60_050, Dead));
    }

    /// <summary>When the verdict came; all before it were fine.</summary>
    private static long Ticks(ref SilenceWatch watch, bool owed, long mark, long from, SilenceVerdict until)
    {
        for (var now = from; now < from + 10_000; now += 50)
        {
            var verdict = watch.Tick(owed, mark, now);
            if (verdict == until)
            {
                return now;
            }

            Assert.Equal(Fine, verdict);
        }

        return -1;
    }
}
