using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Kafka;

namespace Mainstay.EndToEnd.Tests.Realtime.Kafka;

/// <summary>The adapter against a broker that speaks the protocol: what is confirmed is there, and a cluster that is gone is noticed.</summary>
[Collection(nameof(Alone))]
public sealed class KafkaBrokerTests : IDisposable
{
    /// <summary>What health has to say it in, and a busy machine's share.</summary>
    private static readonly TimeSpan s_noticed = TimeSpan.FromSeconds(2.5);

    private readonly RunningKafka _kafka = RunningKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task What_was_appended_is_there_in_the_order_of_the_calls_with_key_headers_and_bytes()
    {
        await using var session = await ConnectAsync();

        await Task.WhenAll(Enumerable.Range(1, 2000).Select(n => session.AppendAsync(Record(n))));

        var all = await _kafka.ReadAsync("audio");
        Assert.Equal(Enumerable.Range(1, 2000).Select(n => $"{n}"), all.Select(m => m.Headers["seq"]));
        Assert.All(all, m => Assert.Equal(("call-1", $"frame {m.Headers["seq"]}"), (m.Key, m.Value)));
        Assert.Single(all.Select(m => m.Partition).Distinct());
    }

    [Fact]
    public async Task A_cluster_that_is_gone_is_noticed_also_when_nothing_is_sent()
    {
        await using var session = await ConnectAsync();
        await session.AppendAsync(Record(1));

        var began = Stopwatch.GetTimestamp();
        _kafka.Down();
        await session.Ended.WaitAsync(Eventually.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.True(Stopwatch.GetElapsedTime(began) < s_noticed, $"after {Stopwatch.GetElapsedTime(began)}");
        Assert.Contains(_kafka.Brokers, session.Because, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokerDownException>(() => session.AppendAsync(Record(2)));
    }

    [Fact]
    public async Task A_silent_cluster_fails_what_it_owes_and_nothing_of_it_comes_behind_what_a_later_session_sends()
    {
        await using var first = await ConnectAsync();
        await first.AppendAsync(Record(1));
        _kafka.Down();
        Task[] owed = [.. Enumerable.Range(2, 500).Select(n => first.AppendAsync(Record(n)))];
        var began = Stopwatch.GetTimestamp();
        foreach (var append in owed)
        {
            await Assert.ThrowsAsync<BrokerDownException>(() => append.WaitAsync(Eventually.Patience, TimeProvider.System));
        }

        Assert.True(Stopwatch.GetElapsedTime(began) < s_noticed, $"after {Stopwatch.GetElapsedTime(began)}");
        began = Stopwatch.GetTimestamp();
        await first.DisposeAsync();
        Assert.True(Stopwatch.GetElapsedTime(began) < s_noticed, $"its end took {Stopwatch.GetElapsedTime(began)}");

        _kafka.Up();
        await using var second = await ConnectAsync();
        await Task.WhenAll(Enumerable.Range(2, 500).Select(n => second.AppendAsync(Record(n))));
        Assert.Equal(Enumerable.Range(1, 501).Select(n => $"{n}"), (await _kafka.ReadAsync("audio")).Select(m => m.Headers["seq"]).Distinct());
    }

    [Fact]
    public async Task A_moment_without_connections_is_mended_in_order_and_without_doubling()
    {
        await using var session = await ConnectAsync();
        await session.AppendAsync(Record(1));
        _kafka.Down();
        var appends = Enumerable.Range(2, 300).Select(n => session.AppendAsync(Record(n))).ToArray();
        _kafka.Up();

        await Task.WhenAll(appends).WaitAsync(Eventually.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.False(session.Ended.IsCompleted, session.Because);
        Assert.Equal(Enumerable.Range(1, 301).Select(n => $"{n}"), (await _kafka.ReadAsync("audio")).Select(m => m.Headers["seq"]));
    }

    [Fact]
    public async Task Nobody_there_is_said_within_a_second()
    {
        var nobody = new KafkaBroker(new($"127.0.0.1:{FreePort.Take()}") { Topics = ["audio"] }, TimeProvider.System);

        var began = Stopwatch.GetTimestamp();
        var fault = await Assert.ThrowsAsync<BrokerDownException>(() => nobody.ConnectAsync(TestContext.Current.CancellationToken));

        Assert.True(Stopwatch.GetElapsedTime(began) < s_noticed, $"after {Stopwatch.GetElapsedTime(began)}");
        Assert.Contains("refused", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_too_large_or_has_no_possible_topic_is_refused_and_the_session_goes_on()
    {
        await using var session = await ConnectAsync();

        await Assert.ThrowsAsync<RecordRefusedException>(() => session.AppendAsync(Record(1) with { Body = new byte[2_000_000] }));
        await Assert.ThrowsAsync<RecordRefusedException>(() => session.AppendAsync(Record(2) with { Topic = "audio of a" }));
        // Nothing is owed by then: the wait for confirmations does not go on.
        await Task.WhenAny(session.Ended, Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken));
        await session.AppendAsync(Record(3));

        Assert.Equal(["3"], (await _kafka.ReadAsync("audio")).Select(m => m.Headers["seq"]));
    }

    [Fact]
    public async Task More_records_than_the_client_takes_wait_and_keep_their_order()
    {
        await using var session = await ConnectAsync();
        _kafka.Delay(TimeSpan.FromMilliseconds(20));

        await Task.WhenAll(Enumerable.Range(1, 101_000).Select(n => session.AppendAsync(Record(n) with { Body = default })));

        // The broker keeps no more than so much of a partition: the last ones tell of the order.
        var seqs = (await _kafka.ReadAsync("audio")).Select(m => int.Parse(m.Headers["seq"], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(101_000, seqs[^1]);
        Assert.Equal(seqs.Order(), seqs);
    }

    private static StreamRecord Record(int n) => new(
        "audio", "call-1", ImmutableArray.Create<KeyValuePair<string, string>>(new("seq", n.ToString(CultureInfo.InvariantCulture)), new("session", "s")), "audio", Encoding.UTF8.GetBytes($"frame {n}"));

    /// <summary>As the outbox does: until it is there.</summary>
    private async Task<IBrokerSession> ConnectAsync()
    {
        var broker = new KafkaBroker(new(_kafka.Brokers) { Topics = ["audio"] }, TimeProvider.System);
        IBrokerSession? session = null;
        await Eventually.BecomesAsync("kafka is reached", async () =>
        {
            try
            {
                session = await broker.ConnectAsync(TestContext.Current.CancellationToken);
                return "";
            }
            catch (BrokerDownException e)
            {
                return e.Message;
            }
        }, because => because.Length == 0, show: because => because);
        return session!;
    }
}
