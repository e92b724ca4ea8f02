using System.Diagnostics;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime.Kafka;

/// <summary>The service with Kafka behind: the same promises as with any other broker.</summary>
public sealed class IngestKafkaTests : IDisposable
{
    /// <summary>At 10 ms and more each: the broker is away for 3 s at least.</summary>
    private const int FramesOfOutage = 300;

    private readonly RunningKafka _kafka = RunningKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_call_goes_on_through_an_outage_and_health_says_so_in_time()
    {
        await using var stack = await IngestStack.UpOnKafkaAsync(_kafka);
        await using var call = IngestCall.Begin(stack, "int-1");
        await call.GoesOnAsync(50);
        Assert.Equal("broker", call.Level);

        var began = Stopwatch.GetTimestamp();
        _kafka.Down();
        await stack.BecomesAsync("degraded");
        var degraded = Stopwatch.GetElapsedTime(began);
        await call.GoesOnAsync(FramesOfOutage);
        Assert.Equal("spool", call.Level);

        _kafka.Up();
        var returned = Stopwatch.GetTimestamp();
        await stack.BecomesAsync("healthy");
        var healthy = Stopwatch.GetElapsedTime(returned);
        await Eventually.BecomesAsync("acks say broker again", () => Task.FromResult(call.Level), level => level == "broker");

        await call.MustBeStoredAsync();
        Assert.Single(call.Endings);
        Assert.True(degraded < TimeSpan.FromSeconds(2), $"degraded after {degraded}");
        Assert.True(healthy < TimeSpan.FromSeconds(3), $"healthy after {healthy}");
        var health = await stack.HealthAsync();
        Assert.Equal((0, 0), (health["framesLost"]!.GetValue<int>(), health["spoolBytes"]!.GetValue<int>()));
        Assert.All(await _kafka.ReadAsync("audio_stream"), m => Assert.Equal("int-1", m.Key));
        Assert.Equal(["started", "stopped"], (await _kafka.ReadAsync("audio_events")).Select(m => m.Headers["event"]));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_at_the_start_is_spooled_for_until_it_comes()
    {
        _kafka.Down();
        await using var stack = await IngestStack.UpOnKafkaAsync(_kafka, begins: "degraded");
        await using var call = IngestCall.Begin(stack, "int-1");
        await call.GoesOnAsync(100);
        Assert.Equal("spool", call.Level);

        _kafka.Up();
        await stack.BecomesAsync("healthy");

        await call.GoesOnAsync(20);
        await call.MustBeStoredAsync();
    }

    [Fact]
    public async Task Without_the_library_the_service_says_what_to_install_and_ends_with_3()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root takes a library away");
        await using var home = MainstayHome.Create();
        (await home.RunAsync("version")).MustExit(0);
        const string hidden = "mount --bind /dev/null \"$(readlink -f \"$(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*librdkafka.so.1 .*=> //p')\")\" && exec \"$0\" realtime ingest";

        var result = await Child.RunAsync(
            "unshare", ["-m", "sh", "-c", hidden, MainstayProgram.Path], home.Folder,
            [("PORT", "1"), ("INGEST_AUTH", "none"), ("PUBSUB_ADAPTER", "kafka"), ("KAFKA_BROKERS", _kafka.Brokers), ("MAINSTAY_HOME", home.Home)], MainstayHome.CommandDeadline);

        result.MustExit(3).MustShow("needs librdkafka.so.1", "fix: apt-get install librdkafka1");
    }
}
