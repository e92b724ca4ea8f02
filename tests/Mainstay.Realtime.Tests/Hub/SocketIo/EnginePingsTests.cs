using Mainstay.Realtime.Hub.SocketIo;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Hub.SocketIo;

public sealed class EnginePingsTests
{
    [Fact]
    public async Task Who_answers_pings_lives_and_who_does_not_is_given_up_once_in_time()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        await using var all = new EnginePings(new(), time);
        var (lively, mute) = (all.New(), all.New());
        int livelyPings = 0, mutePings = 0, dead = 0;
        void Answer()
        {
            livelyPings++;
            lively.Heard();
        }

        using var first = all.Watch(lively, Answer, () => Assert.Fail("it answered"));
        using var second = all.Watch(mute, () => mutePings++, () => dead++);
        Seconds(time, 24);
        Assert.Equal((0, 0), (livelyPings, mutePings));
        Seconds(time, 1);
        Assert.Equal((1, 1), (livelyPings, mutePings));
        Seconds(time, 19);
        Assert.Equal(0, dead);
        Seconds(time, 1);
        Assert.Equal(1, dead);
        Seconds(time, 205);
        Assert.Equal((10, 1, 1), (livelyPings, mutePings, dead));
        first.Dispose();
        Seconds(time, 100);
        Assert.Equal(10, livelyPings);
    }

    private static void Seconds(ManualTimeProvider time, int count)
    {
        for (var i = 0; i < count; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
