using System.Globalization;
using Mainstay.Realtime.Ingest.Sessions;

namespace Mainstay.Realtime.Tests.Ingest.Sessions;

public sealed class IngestMachineTests
{
    [Theory]
    [InlineData(250.4)]
    [InlineData(264.6)]
    public void The_drain_and_its_close_say_the_same_time(double milliseconds)
    {
        var now = TimeSpan.FromSeconds(1);

        var drained = IngestMachine.Next(IngestState.Opened(now), new IngestEvent.DrainAsked(TimeSpan.FromMilliseconds(milliseconds)), new(), now);

        var said = Assert.IsType<IngestEffect.SayDrain>(drained.Effects[0]).RetryAfter;
        var close = Assert.IsType<IngestEffect.Close>(drained.Effects[^1]);
        Assert.Equal((1012, string.Create(CultureInfo.InvariantCulture, $"retry_ms={(long)said.TotalMilliseconds};resume=1")), (close.Status, close.Reason));
    }
}
