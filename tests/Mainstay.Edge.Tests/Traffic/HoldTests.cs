using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Traffic;

public sealed class HoldTests
{
    private static EdgeSnapshot Held(EdgeUnderTest edge, double seconds, params EdgeInstance[] instances) =>
        edge.Snapshot(("web", [])) with { Services = [new EdgeService("web", true, seconds, [.. instances], "restarting")] };

    [Fact]
    public async Task Held_requests_go_on_when_an_instance_is_ready()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(Held(edge, 30));
        var held = Enumerable.Range(0, 50).Select(i => edge.SendAsync($"POST /{i} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")).ToArray();
        await edge.UntilAsync(e => e.Held("web") == 50);
        Assert.Empty(upstream.Heads);
        await edge.ApplyAsync(Held(edge, 30, EdgeUnderTest.Instance("web", 1, upstream.Port)));
        foreach (var (head, _) in await Task.WhenAll(held))
        {
            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        }

        Assert.Equal(50, upstream.Heads.Count);
    }

    [Fact]
    public async Task When_the_hold_ends_without_an_instance_the_answer_is_503()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        await edge.ApplyAsync(Held(edge, 30));
        var held = edge.GetAsync("/");
        await edge.UntilAsync(e => e.Held("web") == 1);
        await edge.ApplyAsync(edge.Snapshot(("web", [])));
        var (head, _) = await held;
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Equal("no-ready-instance", RawConnection.Field(head, "Mainstay-Error"));
        Assert.NotNull(RawConnection.Field(head, "Retry-After"));
    }

    [Fact]
    public async Task A_hold_has_an_end_in_time_that_other_snapshots_do_not_move()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        await edge.ApplyAsync(Held(edge, 0.3));
        var held = edge.GetAsync("/");
        await edge.UntilAsync(e => e.Held("web") == 1);
        await edge.ApplyAsync(Held(edge, 0.3));
        var (head, _) = await held;
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Equal("waited-too-long", RawConnection.Field(head, "Mainstay-Error"));
    }

    [Fact]
    public async Task A_hold_has_an_end_in_count()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync(new() { HeldPerService = 2 });
        await edge.ApplyAsync(Held(edge, 30));
        using var first = await edge.ConnectAsync();
        using var second = await edge.ConnectAsync();
        await first.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await second.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await edge.UntilAsync(e => e.Held("web") == 2);
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Equal("too-many-waiting", RawConnection.Field(head, "Mainstay-Error"));
    }

    [Fact]
    public async Task A_client_that_leaves_gives_its_place_up()
    {
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        await edge.ApplyAsync(Held(edge, 30));
        using (var client = await edge.ConnectAsync())
        {
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await edge.UntilAsync(e => e.Held("web") == 1);
        }

        await edge.UntilAsync(e => e.Held("web") == 0);
    }

    [Fact]
    public async Task A_request_refused_by_an_instance_that_was_just_stopped_goes_into_the_hold()
    {
        await using var successor = RawUpstream.Ok("new");
        await using var edge = await EdgeUnderTest.StartAsync(RawUpstream.FreePort());
        var request = edge.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx");
        await edge.ApplyAsync(Held(edge, 30));
        await edge.UntilAsync(e => e.Held("web") == 1);
        await edge.ApplyAsync(Held(edge, 30, EdgeUnderTest.Instance("web", 1, successor.Port)));
        var (head, body) = await request;
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        Assert.Equal("new", body);
    }

    [Fact]
    public async Task Connections_wait_in_the_backlog_for_the_first_snapshot()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartBareAsync();
        var early = edge.GetAsync("/");
        Assert.Equal(0, edge.OpenConnections);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])));
        Assert.StartsWith("HTTP/1.1 200", (await early).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_no_daemon_speaks_to_ends_and_has_accepted_nothing()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync(new() { FirstSnapshot = TimeSpan.FromMilliseconds(100) });
        using var early = await edge.ConnectAsync();

        var ended = await Assert.ThrowsAsync<IOException>(() => edge.Running);

        Assert.Equal("no daemon sent a snapshot within 0.1 s", ended.Message);
        Assert.Equal(0, edge.OpenConnections);
        edge.Running = Task.CompletedTask;
    }

    [Fact]
    public async Task A_worker_that_is_stopped_before_its_first_snapshot_ends_well()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync();
        edge.Stop();
        await edge.Running;
    }
}
