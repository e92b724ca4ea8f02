using System.Globalization;
using Mainstay.EndToEnd.Tests.Realtime.Kafka;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Looking into the streams of a running service from a shell.</summary>
public sealed class InspectTests
{
    [Fact]
    public async Task A_stream_of_redis_is_shown_followed_through_a_pipe_and_sent_to_kafka()
    {
        await using var stack = await IngestStack.UpAsync();
        var url = string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{stack.Redis.Port}");
        await using (var call = IngestCall.Begin(stack, "int-1"))
        {
            await call.GoesOnAsync(50);

            // It ends by itself as soon as nobody reads any more.
            var piped = (await Child.RunAsync("sh", ["-c", $"'{MainstayProgram.Path}' realtime tail audio_stream --url {url} | head -n 3"], "/", [], MainstayHome.CommandDeadline)).MustExit(0);
            Assert.Equal(3, piped.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Empty(piped.Err.Trim());
            await call.MustBeStoredAsync();
        }

        var stored = await stack.StoredAsync("int-1");
        var all = (await stack.Home.RunAsync("realtime", "tail", "audio_stream", "--no-follow", "--url", url)).MustExit(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(stored.Select(f => $" #{f.Seq} 640 B pcm16 16000 Hz  @"), all.Select(l => l[l.IndexOf(" #", StringComparison.Ordinal)..(l.IndexOf('@', StringComparison.Ordinal) + 1)]));

        using var kafka = RunningKafka.Start();
        _ = await kafka.ReadAsync("audio_stream");
        (await stack.Home.RunAsync("realtime", "replay", "audio_stream", "--url", url, "--to", $"kafka://{kafka.Brokers}")).MustExit(0).MustShow($"{stored.Length} records of \"audio_stream\" are stored again");
        Assert.Equal(
            stored.Select(f => (f.Interaction, f.Session, $"{f.Seq}", Convert.ToHexString(f.Audio))),
            (await kafka.ReadAsync("audio_stream")).Select(m => (m.Key, m.Headers["session"], m.Headers["seq"], Convert.ToHexString(m.Bytes))));

        var file = Path.Combine(stack.Home.Folder, "call.raw");
        (await stack.Home.RunAsync("realtime", "replay", "audio_stream", "--url", url, "--key", "int-1", "--raw", file)).MustExit(0);
        Assert.Equal(stored.SelectMany(f => f.Audio), await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_redis_that_refuses_is_said_without_its_password()
    {
        await using var redis = await RunningRedis.StartAsync("--requirepass", "sesame5107");
        await using var home = MainstayHome.Create();

        (await home.RunAsync("realtime", "tail", "audio_stream", "--url", $"redis://:wrong5108@127.0.0.1:{redis.Port}")).MustExit(1).MustShow("WRONGPASS").MustNotShow("wrong5108");
        (await home.RunAsync("realtime", "tail", "audio_stream", "--url", "redis://127.0.0.1:1")).MustExit(1).MustShow("cannot be read");
        (await home.RunAsync("realtime")).MustExit(2).MustShow("mainstay realtime tail TOPIC");
    }
}
