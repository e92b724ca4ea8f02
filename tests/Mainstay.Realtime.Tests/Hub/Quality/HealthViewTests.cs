using Mainstay.Realtime.Hub.Quality;

namespace Mainstay.Realtime.Tests.Hub.Quality;

public class HealthViewTests
{
    [Fact]
    public void However_many_look_it_is_gathered_once_a_minute()
    {
        var (view, gathered, now) = (new HealthView(HealthView.DefaultKeptFor), 0, new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        IEnumerable<DeviceHealth> Gather()
        {
            gathered++;
            return [new("till-2", false, null, null, 0, 3), new("till-1", true, LinkGrade.Good, TimeSpan.FromMilliseconds(120), 1, 0)];
        }

        for (var i = 0; i < 120; i++)
        {
            var report = view.Look(Gather, now.AddSeconds(i));
            Assert.Equal(["till-1", "till-2"], report.Devices.Select(d => d.Device));
            Assert.True(now.AddSeconds(i) - report.At < HealthView.DefaultKeptFor);
        }

        Assert.Equal(2, gathered);
    }
}
