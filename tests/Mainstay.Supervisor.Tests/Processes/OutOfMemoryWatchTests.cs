using Mainstay.Supervisor.Processes;
using Mainstay.Testing;

namespace Mainstay.Supervisor.Tests.Processes;

public sealed class OutOfMemoryWatchTests
{
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly OutOfMemoryWatch _watch;
    private long _kills = 3;

    public OutOfMemoryWatchTests() => _watch = new OutOfMemoryWatch(_time, () => $"nr_free_pages 12\noom_kill {_kills}\nnuma_hit 7\n");

    [Fact]
    public void Kills_of_long_ago_explain_no_death_of_today() => Assert.False(_watch.TakeOne());

    [Fact]
    public void Each_kill_explains_one_death()
    {
        _kills += 2;
        Assert.True(_watch.TakeOne());
        Assert.True(_watch.TakeOne());
        Assert.False(_watch.TakeOne());
    }

    [Fact]
    public void A_look_between_the_kill_and_the_news_of_the_death_does_not_hide_it()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        _kills++;
        _watch.Look();
        Assert.True(_watch.TakeOne());
        Assert.False(_watch.TakeOne());
    }

    [Fact]
    public void After_two_looks_a_kill_is_of_long_ago()
    {
        _kills++;
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            _watch.Look();
        }

        Assert.False(_watch.TakeOne());
    }

    [Fact]
    public void A_kernel_that_does_not_count_is_never_believed_to_have_killed() =>
        Assert.False(new OutOfMemoryWatch(_time, () => "").TakeOne());
}
