using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Mainstay.Harness;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Redis;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>What is appended is what stands in the stream: against a real Redis.</summary>
public sealed class RedisStreamsTests
{
    [Fact]
    public async Task What_is_appended_stands_in_the_stream_in_its_order_and_byte_for_byte()
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var session = await ConnectAsync(redis);
        var chance = new Random(7);
        StreamRecord[] records = [.. Enumerable.Range(0, 2000).Select(i => Record(i, Bytes(chance, i % 50 == 0 ? 300_000 : i % 4000)))];

        await Task.WhenAll(records.Select(session.AppendAsync));

        var entries = await redis.EntriesAsync("audio");
        Assert.Equal(records.Length, entries.Length);
        foreach (var (record, entry) in records.Zip(entries))
        {
            Assert.Equal(["seq", record.Fields[0].Value, "tenant id", "größe\r\n", "audio"], entry.SkipLast(1).Select(Encoding.UTF8.GetString));
            Assert.True(record.Body.Span.SequenceEqual(entry[^1]), $"the body of record {record.Fields[0].Value} is another one");
        }
    }

    [Fact]
    public async Task What_was_confirmed_is_there_after_a_kill_in_mid_stream_and_nothing_stands_before_its_predecessor()
    {
        await using var redis = await RunningRedis.StartAsync("--save", "", "--appendonly", "yes", "--appendfsync", "always");
        await using var session = await ConnectAsync(redis);
        Assert.Empty(session.Warning);
        List<Task> appends = [];
        while (appends.Count(a => a.IsCompletedSuccessfully) < 2000)
        {
            appends.AddRange(Enumerable.Range(appends.Count, 500).Select(i => session.AppendAsync(Record(i, new byte[3200]))));
            await appends[Math.Max(0, appends.Count - 1000)];
        }

        appends.AddRange(Enumerable.Range(appends.Count, 5000).Select(i => session.AppendAsync(Record(i, new byte[3200]))));
        await redis.DieAndReturnAsync();
        await session.Ended.WaitAsync(Eventually.Patience);
        await Task.WhenAll(appends).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        var stored = (await redis.EntriesAsync("audio")).Select(e => int.Parse(Encoding.UTF8.GetString(e[1]), CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(0, stored.Length), stored);
        Assert.DoesNotContain(appends.Skip(stored.Length), a => a.IsCompletedSuccessfully);
        Assert.All(appends.Where(a => !a.IsCompletedSuccessfully), a => Assert.IsType<BrokerDownException>(a.Exception!.InnerException));

        await using var next = await ConnectAsync(redis);
        await next.AppendAsync(Record(stored.Length, new byte[1]));
        Assert.Equal(stored.Length + 1L, await redis.AskAsync("XLEN", "audio"));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_goes_and_what_is_younger_stays()
    {
        await using var redis = await RunningRedis.StartAsync();
        await using var patient = await ConnectAsync(redis);
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => patient.AppendAsync(Record(i, new byte[3200]))));
        Assert.Equal(3000L, await redis.AskAsync("XLEN", "audio"));

        await using var hasty = await new RedisBroker(Options(redis) with { Retention = TimeSpan.FromMilliseconds(500) }, TimeProvider.System).ConnectAsync(CancellationToken.None);
        var next = 3000;
        var entries = await Eventually.BecomesAsync(
            "what the patient session wrote is gone",
            async () =>
            {
                await hasty.AppendAsync(Record(next++, new byte[3200]));
                return await redis.EntriesAsync("audio");
            },
            left => First(left) >= 3000,
            show: left => $"{left.Length} entries from {First(left)}");

        Assert.Equal(Enumerable.Range(First(entries), entries.Length), entries.Select(e => int.Parse(Encoding.UTF8.GetString(e[1]), CultureInfo.InvariantCulture)));
        Assert.Equal(next - 1, First(entries) + entries.Length - 1);
    }

    private static int First(byte[][][] entries) => int.Parse(Encoding.UTF8.GetString(entries[0][1]), CultureInfo.InvariantCulture);

    private static StreamRecord Record(int seq, byte[] body)
    {
        ImmutableArray<KeyValuePair<string, string>> fields = [new("seq", seq.ToString(CultureInfo.InvariantCulture)), new("tenant id", "größe\r\n")];
        return new("audio", "int-1", fields, "audio", body);
    }

    private static byte[] Bytes(Random chance, int length)
    {
        var bytes = new byte[length];
        chance.NextBytes(bytes);
        return bytes;
    }

    private static RedisOptions Options(RunningRedis redis) => new("127.0.0.1", redis.Port);

    private static Task<IBrokerSession> ConnectAsync(RunningRedis redis) => new RedisBroker(Options(redis), TimeProvider.System).ConnectAsync(CancellationToken.None);
}
