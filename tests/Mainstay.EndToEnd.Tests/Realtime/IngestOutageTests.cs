using System.Diagnostics;
using System.Globalization;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>The broker is killed in the middle of calls: callers are told the truth, and nothing that was acknowledged is missing afterwards.</summary>
[Collection(nameof(Alone))]
public sealed class IngestOutageTests
{
    /// <summary>At 10 ms and more each: the broker is away for 5 s at least, or as long as is asked for, e.g. a minute, which is too long for every day.</summary>
    private static readonly int FramesOfOutage = 100 * int.Parse(Environment.GetEnvironmentVariable("MAINSTAY_TEST_OUTAGE_SECONDS") ?? "5", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_call_goes_on_through_an_outage_and_health_says_so_in_time()
    {
        await using var stack = await IngestStack.UpAsync();
        await using var call = IngestCall.Begin(stack, "int-1");
        await call.GoesOnAsync(50);
        Assert.Equal("broker", call.Level);
        var process = await stack.ProcessAsync();

        var killed = Stopwatch.GetTimestamp();
        await stack.Redis.DieAsync();
        await stack.BecomesAsync("degraded");
        var degraded = Stopwatch.GetElapsedTime(killed);
        await call.GoesOnAsync(FramesOfOutage);
        Assert.Equal("spool", call.Level);
        Assert.False((await stack.HealthAsync())["pubsub"]!.GetValue<bool>());

        await stack.Redis.ReturnAsync();
        var returned = Stopwatch.GetTimestamp();
        await stack.BecomesAsync("healthy");
        var healthy = Stopwatch.GetElapsedTime(returned);
        await Eventually.BecomesAsync("acks say broker again", () => Task.FromResult(call.Level), level => level == "broker");

        await call.MustBeStoredAsync();
        Assert.Single(call.Endings);
        Assert.Equal(process, await stack.ProcessAsync());
        Assert.True(degraded < TimeSpan.FromSeconds(1), $"degraded after {degraded}");
        Assert.True(healthy < TimeSpan.FromSeconds(2), $"healthy after {healthy}");
        var health = await stack.BecomesAsync("healthy");
        Assert.Equal((0, 0), (health["framesLost"]!.GetValue<int>(), health["spoolBytes"]!.GetValue<int>()));
    }

    [Fact]
    public async Task However_often_the_broker_dies_no_call_loses_a_frame_or_its_connection()
    {
        await using var stack = await IngestStack.UpAsync();
        var calls = IngestCall.Begin(stack, 5);
        var chance = new Random(1);
        for (var i = 0; i < 5; i++)
        {
            await calls[chance.Next(5)].GoesOnAsync(chance.Next(1, 60));
            await stack.Redis.DieAsync();
            await calls[chance.Next(5)].GoesOnAsync(chance.Next(1, 60));
            await stack.Redis.ReturnAsync();
        }

        foreach (var call in calls)
        {
            await call.MustBeStoredAsync();
            Assert.Single(call.Endings);
            await call.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_client_of_another_make_notices_an_outage_only_by_the_level_of_its_acks()
    {
        await using var stack = await IngestStack.UpAsync();
        await stack.Redis.DieAsync();
        await stack.BecomesAsync("degraded");

        var seen = await IngestForeignClient.CallAsync(stack, "node", "int-1", 4, 55, new() { ["stop"] = true });

        Assert.Equal(55, seen.AckedSeqs[^1]);
        Assert.All(seen.Acks, ack => Assert.Equal("spool", ack["level"]!.GetValue<string>()));
        await stack.Redis.ReturnAsync();
        await stack.MustHoldAsync("int-1", seen.Session, 55, number => IngestCall.Frame(4, number, 3200));
    }
}
