using System.Diagnostics;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>How soon and as what it is seen that a real Redis is gone, or cannot store.</summary>
[Collection(nameof(Alone))]
public sealed class RedisOutageTests
{
    /// <summary>500 ms until it is asked, 1 s for the answer, and what a busy machine adds.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromMilliseconds(2500);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_hangs_is_gone_within_moments(bool idle)
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var session = await ConnectAsync(redis);
        await session.AppendAsync(Record("audio"));

        redis.Send(Signal.Stop);
        var began = Stopwatch.GetTimestamp();
        var append = idle ? null : session.AppendAsync(Record("audio"));
        await session.Ended.WaitAsync(Eventually.Patience);

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromMilliseconds(900), SilenceLimit);
        Assert.EndsWith("did not answer for 1 s", session.Because, StringComparison.Ordinal);
        if (append is not null)
        {
            await Assert.ThrowsAsync<BrokerDownException>(() => append);
        }

        // Whoever asks a server that hangs is answered when it goes on.
        var connecting = ConnectAsync(redis);
        redis.Send(Signal.Cont);
        await using var again = await connecting;
        await again.AppendAsync(Record("audio"));
    }

    [Fact]
    public async Task A_server_that_dies_idle_is_gone_at_once()
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var session = await ConnectAsync(redis);
        var began = Stopwatch.GetTimestamp();

        redis.Send(Signal.Kill);

        await session.Ended.WaitAsync(Eventually.Patience);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromMilliseconds(900));
    }

    [Fact]
    public async Task A_full_server_is_down_and_comes_back()
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var session = await ConnectAsync(redis);

        await redis.AskAsync("CONFIG", "SET", "maxmemory", "1");
        var full = await Assert.ThrowsAsync<BrokerDownException>(() => session.AppendAsync(Record("audio")));
        Assert.Contains("has no memory left", full.Message, StringComparison.Ordinal);
        await session.Ended.WaitAsync(Eventually.Patience);
        Assert.Contains("has no memory left", (await Assert.ThrowsAsync<BrokerDownException>(() => ConnectAsync(redis))).Message, StringComparison.Ordinal);

        await redis.AskAsync("CONFIG", "SET", "maxmemory", "0");
        await using var next = await ConnectAsync(redis);
        await next.AppendAsync(Record("audio"));
    }

    [Fact]
    public async Task A_key_of_another_type_is_named_and_the_record_is_not_thrown_away()
    {
        await using var redis = await RunningRedis.StartAsync();
        await redis.AskAsync("SET", "audio", "x");
        await using var session = await ConnectAsync(redis);

        var down = await Assert.ThrowsAsync<BrokerDownException>(() => session.AppendAsync(Record("audio")));

        Assert.Contains("holds something else than a stream under the key of stream \"audio\"; delete or rename it", down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replica_is_not_written_to()
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var session = await ConnectAsync(redis);
        await redis.AskAsync("REPLICAOF", "127.0.0.1", "1");

        Assert.Contains("is a replica", (await Assert.ThrowsAsync<BrokerDownException>(() => session.AppendAsync(Record("audio")))).Message, StringComparison.Ordinal);
        Assert.Contains("is a replica", (await Assert.ThrowsAsync<BrokerDownException>(() => ConnectAsync(redis))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_above_the_servers_own_limit_is_refused_before_the_server_closes_the_connection_on_it()
    {
        await using var redis = await RunningRedis.StartAsync("--proto-max-bulk-len", "1mb");
        await using var session = await ConnectAsync(redis);

        await Assert.ThrowsAsync<RecordRefusedException>(() => session.AppendAsync(Record("audio") with { Body = new byte[1_100_000] }));

        await session.AppendAsync(Record("audio"));
        Assert.False(session.Ended.IsCompleted);
    }

    private static StreamRecord Record(string topic) => new(topic, "int-1", [], "audio", new byte[3200]);

    private static Task<IBrokerSession> ConnectAsync(RunningRedis redis) => new RedisBroker(new("127.0.0.1", redis.Port), TimeProvider.System).ConnectAsync(CancellationToken.None);
}
