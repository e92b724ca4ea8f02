using System.Net;
using Mainstay.Edge.Counting;
using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Tests.Counting;

public sealed class InstanceCountersTests
{
    private readonly InstanceCounters _counters = new("api", "api-1", new(1000));

    [Fact]
    public async Task Nothing_is_lost_when_many_count_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                _counters.Answered(i % 100, failed: i % 10 == 0);
                _counters.Abandoned();
            }
        })));

        var read = _counters.Read();
        Assert.Equal((400_000L, 20_000L, 200_000L), (read.Requests, read.Failures, read.Latency.Sum()));
    }

    [Fact]
    public async Task Whoever_reads_meanwhile_never_sees_more_failures_than_requests()
    {
        var done = false;
        var writing = Task.Run(() =>
        {
            while (!Volatile.Read(ref done))
            {
                _counters.Failed();
            }
        });
        for (var i = 0; i < 20_000; i++)
        {
            var read = _counters.Read();
            Assert.True(read.Failures <= read.Requests);
        }

        Volatile.Write(ref done, true);
        await writing;
    }

    [Fact]
    public void Trailing_buckets_that_hold_nothing_are_left_out()
    {
        Assert.Empty(_counters.Read().Latency);
        _counters.Answered(1, failed: false);
        Assert.Equal([0L, 0L, 0L, 0L, 1L], _counters.Read().Latency);
    }

    [Fact]
    public void Counting_and_choosing_sides_allocate_nothing()
    {
        var service = new ServiceCounters("api", TimeProvider.System);
        var (share, client, rule) = (new ClientShare("api", 50), IPAddress.Parse("2001:db8::7"), new CanaryRule(new(0, "x", "1", "canary", "yes"), "api"));
        Microsoft.Extensions.Primitives.StringValues cookies = "a=b; c=d; e=f";
        Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Once();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Once()
        {
            var exchange = default(Exchange);
            exchange.Sending(10, reused: true);
            exchange.HeadCame(200, 20);
            exchange.Count(Attempt.Done, _counters, repeats: true, closed: false, 30, 5);
            service.Routed();
            service.Held(7);
            share.Includes(client);
            rule.IsAskedFor(cookies, default);
        }
    }
}
