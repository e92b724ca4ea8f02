using System.Net.Sockets;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Drain;

public sealed class DrainTests
{
    [Fact]
    public async Task Requests_in_flight_finish_and_say_that_they_are_the_last()
    {
        var go = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await go.Task;
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await upstream.FirstRequest;

        await edge.Daemon.SendAsync(new(Drain: new(0, 10, 0)));
        await edge.UntilAsync(e => e.IsDraining);
        Assert.False(edge.Running.IsCompleted);
        go.SetResult();
        var (head, body) = await client.ReadResponseAsync();
        Assert.Equal(("done", "close"), (body, RawConnection.Field(head, "Connection")));
        var drained = await edge.Daemon.UntilAsync(r => r.Drained is not null);
        Assert.Equal(new EdgeDrained(0, 0), drained.Drained);
        await edge.Running;
    }

    [Fact]
    public async Task An_idle_connection_may_still_send_a_request_within_the_grace()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.ReadResponseAsync();
        await edge.Daemon.SendAsync(new(Drain: new(20, 20, 0)));
        await edge.UntilAsync(e => e.IsDraining);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        var (head, body) = await client.ReadResponseAsync();
        Assert.Equal(("ok", "close"), (body, RawConnection.Field(head, "Connection")));
        Assert.True(await client.IsClosedAsync());

        // Nobody is left, so nobody waits for the rest of the grace.
        await edge.Running.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_silent_connection_is_closed_after_the_grace()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        using var client = await edge.ConnectAsync();
        await edge.UntilAsync(e => e.OpenConnections == 1);
        await edge.Daemon.SendAsync(new(Drain: new(0.05, 10, 0)));
        Assert.True(await client.IsClosedAsync());
        await edge.Running;
    }

    [Fact]
    public async Task What_does_not_finish_in_time_is_cut_and_counted()
    {
        var over = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await over.Task;
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await upstream.FirstRequest;

        await edge.Daemon.SendAsync(new(Drain: new(0, 0.1, 0)));
        var (head, _) = await client.ReadResponseAsync();
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Equal("draining", RawConnection.Field(head, "Mainstay-Error"));
        var drained = await edge.Daemon.UntilAsync(r => r.Drained is not null);
        Assert.Equal(new EdgeDrained(1, 0), drained.Drained);
        over.SetResult();
        await edge.Running;
    }

    [Fact]
    public async Task The_sockets_stay_open_for_the_next_worker()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        edge.Stop();
        await edge.Running;

        // In the backlog: nobody accepts, nobody refuses.
        using var waiting = await edge.ConnectAsync();
        await waiting.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await edge.RestartAsync();
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        Assert.Equal("ok", (await waiting.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task An_instance_that_drains_gets_nothing_new_and_is_reported_until_it_is_idle()
    {
        var go = new TaskCompletionSource();
        await using var old = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await go.Task;
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
            await connection.ReadToEndAsync();
        });
        await using var next = RawUpstream.Ok("new");
        await using var edge = await EdgeUnderTest.StartAsync(old.Port);
        var first = edge.GetAsync("/");
        await old.FirstRequest;

        await edge.ApplyAsync(edge.Snapshot(("web", [])) with
        {
            Services = [new EdgeService("web", false, 0, [EdgeUnderTest.Instance("web", 0, old.Port, draining: true), EdgeUnderTest.Instance("web", 1, next.Port)], "")],
        });
        Assert.Equal("new", (await edge.GetAsync("/")).Body);
        await edge.Daemon.UntilAsync(r => r.InFlight == new EdgeInFlight("web-0", 1, 0));
        go.SetResult();
        Assert.Equal("old", (await first).Body);
        await edge.Daemon.UntilAsync(r => r.InFlight == new EdgeInFlight("web-0", 0, 0));
        Assert.Equal(1, old.Connections);
    }

    [Fact]
    public async Task A_drained_instances_idle_connections_are_closed_so_that_it_can_stop()
    {
        var closed = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await connection.IsClosedAsync();
            closed.SetResult();
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.GetAsync("/");
        await edge.ApplyAsync(edge.Snapshot(("web", [])));
        await closed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await edge.Daemon.UntilAsync(r => r.InFlight == new EdgeInFlight("web-0", 0, 0));
    }

    [Fact]
    public async Task Replacing_instances_under_load_loses_nothing()
    {
        await using var a = RawUpstream.Ok("a");
        await using var b = RawUpstream.Ok("b");
        await using var edge = await EdgeUnderTest.StartAsync(a.Port);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(async n =>
        {
            var count = 0;
            using var client = await edge.ConnectAsync();
            while (!stop.IsCancellationRequested)
            {
                await client.WriteAsync(n % 2 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
                Assert.StartsWith("HTTP/1.1 200", (await client.ReadResponseAsync()).Head, StringComparison.Ordinal);
                count++;
            }

            return count;
        }).ToArray();
        for (var i = 0; i < 12; i++)
        {
            var (now, before) = i % 2 == 0 ? (b, a) : (a, b);
            await edge.ApplyAsync(edge.Snapshot(("web", [])) with
            {
                Services = [new EdgeService("web", false, 0, [new($"w-{i}", "127.0.0.1", before.Port, true), new($"w-{i + 1}", "127.0.0.1", now.Port, false)], "")],
            });
            await edge.Daemon.UntilAsync(r => r.InFlight is { Requests: 0 } flight && flight.Instance == $"w-{i}");
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), count => Assert.True(count > 0));
    }
}
