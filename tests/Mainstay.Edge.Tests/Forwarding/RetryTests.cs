using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class RetryTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "Content-Length: 5\r\n\r\nhello")]
    [InlineData("POST", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("PATCH", "Content-Length: 0\r\n")]
    public async Task A_refused_connection_costs_no_request_of_any_method(string method, string rest)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort(), upstream.Port, RawUpstream.FreePort());
        for (var i = 0; i < 6; i++)
        {
            var (head, _) = await edge.SendAsync($"{method} / HTTP/1.1\r\nHost: x\r\n{rest}\r\n");
            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        }

        Assert.Equal(6, upstream.Heads.Count);
    }

    [Fact]
    public async Task When_everybody_refuses_the_answer_is_502()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort(), RawUpstream.FreePort());
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 502", head, StringComparison.Ordinal);
        Assert.NotNull(RawConnection.Field(head, "Retry-After"));
        Assert.Equal("connection-failed", RawConnection.Field(head, "Mainstay-Error"));
    }

    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("HEAD", "", true)]
    [InlineData("DELETE", "", true)]
    [InlineData("PUT", "Content-Length: 5\r\n\r\nhello", true)]
    [InlineData("PUT", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", false)]
    [InlineData("POST", "", false)]
    [InlineData("POST", "Content-Length: 5\r\n\r\nhello", false)]
    [InlineData("PATCH", "Content-Length: 5\r\n\r\nhello", false)]
    public async Task A_connection_that_dies_without_a_word_is_tried_again_only_when_that_cannot_hurt(string method, string rest, bool again)
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
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.SendAsync($"{method} / HTTP/1.1\r\nHost: x\r\n{rest}\r\n");
        Assert.StartsWith(again ? "HTTP/1.1 200" : "HTTP/1.1 502", head, StringComparison.Ordinal);
        Assert.Equal(again ? 2 : 1, upstream.Heads.Count);
        if (again)
        {
            Assert.Single(upstream.Bodies.Distinct());
        }
    }

    [Fact]
    public async Task A_process_that_ends_and_still_accepts_is_one_death_and_the_request_waits_for_the_daemons_word_about_it()
    {
        // Seen with Node: an exception ends the process, and what connects meanwhile is accepted by the kernel and dropped.
        await using var first = new RawUpstream(connection => connection.ReadRequestAsync());
        await using var second = new RawUpstream(connection => connection.ReadRequestAsync());
        await using var old = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartBareAsync();
        await edge.ApplyAsync(Held(first.Port, second.Port));
        var answer = edge.GetAsync("/");
        await edge.UntilAsync(_ => first.Heads.Count + second.Heads.Count == 3);
        await edge.ApplyAsync(Held());
        await edge.UntilAsync(e => e.Held("web") == 1);
        await edge.ApplyAsync(Held(old.Port));
        Assert.Equal("ok", (await answer).Body);

        EdgeSnapshot Held(params int[] ports)
        {
            var snapshot = edge.Snapshot(("web", ports));
            return snapshot with { Services = [snapshot.Services[0] with { Hold = true, HoldMaxS = 20 }] };
        }
    }

    [Fact]
    public async Task While_requests_are_held_a_refused_one_waits_for_whoever_listens_next_however_late_the_daemon_speaks()
    {
        var port = RawUpstream.FreePort();
        await using var edge = await EdgeUnderTest.StartBareAsync(CountsSeen.Often with { RefusedGrace = TimeSpan.FromMilliseconds(1) });
        var snapshot = edge.Snapshot(("web", [port]));
        await edge.ApplyAsync(snapshot with { Services = [snapshot.Services[0] with { Hold = true, HoldMaxS = 20 }] });
        var answer = edge.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        await using var upstream = RawUpstream.Ok();
        await edge.Daemon.InstanceAsync("web-0", requests: 5);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        Assert.Equal("ok", (await answer).Body);
    }

    [Fact]
    public async Task What_the_edge_answers_itself_is_logged_with_what_was_tried()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        var (head, _) = await edge.GetAsync("/secret%0Aline?token=hush");
        await edge.UntilAsync(e => e.Log.Any(l => l.Contains("answered 502", StringComparison.Ordinal)));
        var line = edge.Log.Single(l => l.Contains("answered 502", StringComparison.Ordinal));
        Assert.Contains($"request {RawConnection.Field(head, "X-Correlation-ID")}, GET /secret%0Aline for web: answered 502 connection-failed: web-0 refused the connection, no news", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pooled_connection_that_the_service_closes_loses_no_request()
    {
        // One answer per connection, then the end, without having said so: every pooled connection is a dead one.
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(Ok);
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            await client.WriteAsync(i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
            Assert.StartsWith("HTTP/1.1 200", (await client.ReadResponseAsync()).Head, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_is_tried_again_once_the_service_has_begun_to_answer()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Len");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 502", head, StringComparison.Ordinal);
        Assert.Equal("bad-response", RawConnection.Field(head, "Mainstay-Error"));
        Assert.Single(upstream.Heads);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")]
    public async Task A_part_of_a_body_never_looks_like_the_whole(string response)
    {
        var relayed = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(response);
            await relayed.Task;
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        var head = await client.ReadHeadAsync();
        relayed.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => client.ReadBodyAsync(head!));
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u0001b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\u0001K\r\nX: a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u007fb\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")]
    public async Task A_malformed_response_is_502_and_nothing_of_it_gets_through(string response)
    {
        await using var upstream = RawUpstream.Answering(response);
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 502", head, StringComparison.Ordinal);
        Assert.Null(RawConnection.Field(head, "X"));
    }

    [Fact]
    public async Task Bytes_behind_a_response_are_never_taken_for_the_next_one()
    {
        await using var upstream = RawUpstream.Answering(Ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        }

        Assert.Equal(3, upstream.Connections);
    }

    [Fact]
    public async Task Silence_before_a_response_is_504_and_is_not_tried_again()
    {
        var over = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await over.Task;
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Routes = [new EdgeRoute(null, "/", "web", false, 0.1)] });
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 504", head, StringComparison.Ordinal);
        Assert.Single(upstream.Heads);
        over.SetResult();
    }

    [Fact]
    public async Task Silence_within_a_body_cuts_it_but_an_event_stream_may_be_silent()
    {
        var over = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            var head = await connection.ReadRequestAsync();
            var type = head!.Contains("/events", StringComparison.Ordinal) ? "text/event-stream" : "text/plain";
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            await over.Task;
            await connection.WriteAsync("1\r\nb\r\n0\r\n\r\n");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Routes = [new EdgeRoute(null, "/", "web", false, 0.1)] });
        using var events = await edge.ConnectAsync();
        await events.WriteAsync("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        var eventHead = await events.ReadHeadAsync();
        using var plain = await edge.ConnectAsync();
        await plain.WriteAsync("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n");
        var plainHead = await plain.ReadHeadAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => plain.ReadBodyAsync(plainHead!));
        over.SetResult();
        Assert.Equal("ab", await events.ReadBodyAsync(eventHead!));
    }

    [Fact]
    public async Task A_client_that_leaves_takes_its_request_with_it()
    {
        var left = new TaskCompletionSource<bool>();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            left.SetResult(await connection.IsClosedAsync());
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using (var client = await edge.ConnectAsync())
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await upstream.FirstRequest;
        }

        Assert.True(await left.Task);
    }

    [Fact]
    public async Task A_body_that_a_client_does_not_finish_is_not_finished_upstream_either()
    {
        var begun = new TaskCompletionSource();
        var seen = new TaskCompletionSource<string>();
        await using var upstream = new RawUpstream(async connection =>
        {
            var head = await connection.ReadHeadAsync();
            begun.SetResult();
            try
            {
                seen.SetResult(await connection.ReadBodyAsync(head!));
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                seen.SetResult("cut");
            }
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using (var client = await edge.ConnectAsync())
        {
            await client.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            await begun.Task;
        }

        Assert.Equal("cut", await seen.Task);
    }

    [Fact]
    public async Task An_early_answer_is_relayed_although_the_body_is_not_finished()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            await connection.ReadToEndAsync();
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhello");
        var (head, body) = await client.ReadResponseAsync();
        Assert.StartsWith("HTTP/1.1 413", head, StringComparison.Ordinal);
        Assert.Equal("no", body);
    }
}
