using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Counting;

public sealed class CountingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Upgrade = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private const string Upgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static async Task<EdgeUnderTest> StartAsync(params int[] ports)
    {
        var edge = await EdgeUnderTest.StartBareAsync(CountsSeen.Often);
        await edge.ApplyAsync(edge.Snapshot(("web", ports)));
        return edge;
    }

    [Fact]
    public async Task An_answer_counts_once_with_its_latency_and_is_no_failure_below_500()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
        await using var edge = await StartAsync(upstream.Port);
        for (var i = 0; i < 3; i++)
        {
            await edge.GetAsync("/");
        }

        var instance = await edge.Daemon.InstanceAsync("web-0", 3);
        Assert.Equal(("web", 3L, 0L, 3L), (instance.Service, instance.Requests, instance.Failures, instance.Latency.Sum()));
        var service = await edge.Daemon.ServiceAsync("web", 3);
        Assert.Equal((3L, 0L), (service.Requests, service.EdgeFailures));
    }

    [Theory]
    [InlineData("500 Internal Server Error")]
    [InlineData("503 Service Unavailable")]
    public async Task A_5xx_is_a_failure_of_the_instance_and_not_of_the_edge(string status)
    {
        await using var upstream = RawUpstream.Answering($"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno");
        await using var edge = await StartAsync(upstream.Port);
        await edge.GetAsync("/");

        var instance = await edge.Daemon.InstanceAsync("web-0", 1);
        Assert.Equal((1L, 1L, 1L), (instance.Requests, instance.Failures, instance.Latency.Sum()));
        Assert.Equal(0, (await edge.Daemon.ServiceAsync("web", 1)).EdgeFailures);
    }

    [Fact]
    public async Task A_try_that_was_refused_and_helped_elsewhere_is_a_failure_of_that_instance_only()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await StartAsync(RawUpstream.FreePort(), upstream.Port);
        for (var i = 0; i < 2; i++)
        {
            await edge.GetAsync("/");
        }

        var refused = await edge.Daemon.InstanceAsync("web-0", 1);
        Assert.Equal((1L, 1L, 0), (refused.Requests, refused.Failures, refused.Latency.Length));
        Assert.Equal(0, (await edge.Daemon.InstanceAsync("web-1", 2)).Failures);
        var service = await edge.Daemon.ServiceAsync("web", 2);
        Assert.Equal((2L, 0L), (service.Requests, service.EdgeFailures));
    }

    [Fact]
    public async Task A_connection_that_dies_under_a_request_is_a_failure_and_the_repetition_is_another_request()
    {
        var first = true;
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            if (first)
            {
                first = false;
                return;
            }

            await connection.WriteAsync(Ok);
        });
        await using var edge = await StartAsync(upstream.Port);
        await edge.GetAsync("/");

        var instance = await edge.Daemon.InstanceAsync("web-0", 2);
        Assert.Equal((2L, 1L, 1L), (instance.Requests, instance.Failures, instance.Latency.Sum()));
        Assert.Equal(0, (await edge.Daemon.ServiceAsync("web", 1)).EdgeFailures);
    }

    [Fact]
    public async Task A_request_that_nobody_answers_is_a_failure_of_the_edge_as_well()
    {
        await using var edge = await StartAsync(RawUpstream.FreePort());
        Assert.StartsWith("HTTP/1.1 502", (await edge.GetAsync("/")).Head, StringComparison.Ordinal);
        await edge.ApplyAsync(edge.Snapshot(("web", [])));
        Assert.StartsWith("HTTP/1.1 503", (await edge.GetAsync("/")).Head, StringComparison.Ordinal);

        var service = await edge.Daemon.ServiceAsync("web", s => s.EdgeFailures == 2);
        Assert.Equal(2, service.Requests);
        var down = await edge.Daemon.ServiceAsync("web", s => s.DowntimeS > 0.02);
        Assert.True((await edge.Daemon.ServiceAsync("web", s => s.DowntimeS > down.DowntimeS)).DowntimeS < 20);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", 1)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len", 0)]
    [InlineData("nonsense\r\n\r\n", 0)]
    public async Task An_answer_that_is_not_whole_is_a_failure(string response, int answered)
    {
        var relayed = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(response);
            if (answered > 0)
            {
                await relayed.Task;
            }
        });
        await using var edge = await StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.ReadHeadAsync();
        relayed.SetResult();

        var instance = await edge.Daemon.InstanceAsync("web-0", 1);
        Assert.Equal((1L, 1L, (long)answered), (instance.Requests, instance.Failures, instance.Latency.Sum()));
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_answer_is_no_failure_of_anybody()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.ReadToEndAsync();
        });
        await using var edge = await StartAsync(upstream.Port);
        using (var client = await edge.ConnectAsync())
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await upstream.FirstRequest;
        }

        var instance = await edge.Daemon.InstanceAsync("web-0", 1);
        Assert.Equal((1L, 0L, 0), (instance.Requests, instance.Failures, instance.Latency.Length));
        Assert.Equal(0, (await edge.Daemon.ServiceAsync("web", 1)).EdgeFailures);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_the_answer_is_no_failure_either()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
            await connection.ReadToEndAsync();
        });
        await using var edge = await StartAsync(upstream.Port);
        using (var client = await edge.ConnectAsync())
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await client.ReadHeadAsync();
        }

        var instance = await edge.Daemon.InstanceAsync("web-0", 1);
        Assert.Equal((1L, 0L, 1L), (instance.Requests, instance.Failures, instance.Latency.Sum()));
    }

    [Fact]
    public async Task A_request_that_cannot_be_sent_is_nothing_the_instance_knows_of()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await StartAsync(upstream.Port);
        Assert.StartsWith("HTTP/1.1 400", (await edge.SendAsync("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n")).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", (await edge.SendAsync("GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n")).Head, StringComparison.Ordinal);
        await edge.GetAsync("/");
        Assert.Equal(1, (await edge.Daemon.InstanceAsync("web-0", 1)).Requests);
    }

    [Fact]
    public async Task A_WebSocket_is_one_request_from_its_handshake_on()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(Upgraded);
            await connection.ReadToEndAsync();
        });
        await using var edge = await StartAsync(upstream.Port);
        using (var client = await edge.ConnectAsync())
        {
            await client.WriteAsync(Upgrade);
            await client.ReadHeadAsync();
            var open = await edge.Daemon.InstanceAsync("web-0", 1);
            Assert.Equal((1L, 0L, 1L), (open.Requests, open.Failures, open.Latency.Sum()));
        }

        await edge.ApplyAsync(edge.Snapshot(("web", [])));
        await edge.Daemon.UntilAsync(r => r.InFlight is { Instance: "web-0", Requests: 0, WebSockets: 0 });
        Assert.Equal(1, edge.Daemon.Seen.Where(r => r.Counts is not null).SelectMany(r => r.Counts!.Instances).Max(i => i.Requests));
    }

    [Fact]
    public async Task A_WebSocket_that_the_instance_will_not_open_counts_by_its_answer()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        await using var edge = await StartAsync(upstream.Port);
        Assert.StartsWith("HTTP/1.1 500", (await edge.SendAsync(Upgrade)).Head, StringComparison.Ordinal);
        var instance = await edge.Daemon.InstanceAsync("web-0", 1);
        Assert.Equal((1L, 1L, 1L), (instance.Requests, instance.Failures, instance.Latency.Sum()));
    }

    [Fact]
    public async Task Pooled_connections_that_the_service_closes_between_two_requests_are_no_failures()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(Ok);
        });
        await using var edge = await EdgeUnderTest.StartBareAsync(CountsSeen.Often with { StaleConnection = TimeSpan.FromSeconds(5) });
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        using var client = await edge.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", (await client.ReadResponseAsync()).Head, StringComparison.Ordinal);
        }

        var instance = await edge.Daemon.InstanceAsync("web-0", 20);
        Assert.Equal((20L, 0L), (instance.Requests, instance.Failures));
    }

    [Fact]
    public async Task The_time_that_a_held_request_waited_is_told()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [])) with { Services = [new EdgeService("web", true, 30, [], "restarting")] });
        var held = edge.GetAsync("/");
        await edge.UntilAsync(e => e.Held("web") == 1);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        await held;
        var service = await edge.Daemon.ServiceAsync("web", s => s.LongestHoldS > 0);
        Assert.Equal((0L, 0.0), (service.EdgeFailures, service.DowntimeS));
        Assert.InRange(service.LongestHoldS, 0, 20);
    }

    [Fact]
    public async Task A_daemon_that_connects_anew_gets_everything_once_more()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await StartAsync(upstream.Port);
        await edge.GetAsync("/");
        await edge.Daemon.InstanceAsync("web-0", 1);

        using var next = await DaemonStub.ConnectAsync(edge.ControlSocket);
        Assert.Equal(1, (await next.InstanceAsync("web-0", 1)).Requests);
        Assert.Equal(1, (await next.ServiceAsync("web", 1)).Requests);
    }

    [Fact]
    public async Task A_worker_that_has_drained_tells_its_last_counts_before_it_says_so()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartBareAsync(new() { CountsInterval = TimeSpan.FromHours(1) });
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        await edge.GetAsync("/");
        await edge.Daemon.SendAsync(new(Drain: new(0, 5, 0)));
        await edge.Daemon.UntilAsync(r => r.Drained is not null);
        Assert.Equal(1, (await edge.Daemon.InstanceAsync("web-0", 1)).Requests);
        await edge.Running;
    }
}
