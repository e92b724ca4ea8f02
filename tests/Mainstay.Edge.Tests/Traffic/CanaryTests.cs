using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Traffic;

public sealed class CanaryTests
{
    private const string Asks = "X-Canary: 1\r\n";
    private static readonly EdgeCanary ByName = new(0, "x-canary", "1", "canary", "1");

    /// <summary>Stable instances are <c>web-0…</c>, candidates <c>new-0…</c>.</summary>
    private static EdgeSnapshot Beside(EdgeUnderTest edge, EdgeCanary? rule, int[] stable, params int[] candidates) => edge.Snapshot(("web", [])) with
    {
        Services =
        [
            new EdgeService(
                "web",
                false,
                0,
                [.. stable.Select((port, i) => EdgeUnderTest.Instance("web", i, port)), .. candidates.Select((port, i) => EdgeUnderTest.Instance("new", i, port) with { Candidate = true })],
                "",
                rule),
        ],
    };

    private static async Task<EdgeUnderTest> StartAsync(EdgeCanary? rule, int[] stable, params int[] candidates)
    {
        var edge = await EdgeUnderTest.StartBareAsync(CountsSeen.Often);
        await edge.ApplyAsync(Beside(edge, rule, stable, candidates));
        return edge;
    }

    [Theory]
    [InlineData("X-Canary: 1\r\n", "new")]
    [InlineData("x-CANARY: 1\r\n", "new")]
    [InlineData("X-Canary: 2\r\n", "old")]
    [InlineData("Cookie: a=b; canary=1\r\n", "new")]
    [InlineData("Cookie: notcanary=1\r\n", "old")]
    [InlineData("", "old")]
    public async Task Who_asks_by_header_or_cookie_gets_the_candidate(string fields, string answer)
    {
        await using var old = RawUpstream.Ok("old");
        await using var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(ByName, [old.Port], candidate.Port);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(answer, (await edge.GetAsync("/", fields)).Body);
        }
    }

    [Fact]
    public async Task A_candidate_without_a_rule_gets_nothing()
    {
        await using var old = RawUpstream.Ok("old");
        await using var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(null, [old.Port], candidate.Port);
        Assert.Equal("old", (await edge.GetAsync("/", Asks)).Body);
        Assert.Empty(candidate.Heads);
    }

    [Fact]
    public async Task Sixty_of_a_hundred_clients_behind_a_trusted_proxy_get_it_and_always_the_same_ones()
    {
        await using var old = RawUpstream.Ok("old");
        await using var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(null, [old.Port], candidate.Port);
        await edge.ApplyAsync(Beside(edge, new(60, null, null, null, null), [old.Port], candidate.Port) with { TrustedProxies = ["127.0.0.1"] });
        var first = await AskAsync();
        Assert.InRange(first.Count(body => body == "new"), 45, 75);
        Assert.Equal(first, await AskAsync());

        async Task<List<string>> AskAsync()
        {
            using var client = await edge.ConnectAsync();
            var bodies = new List<string>();
            for (var i = 0; i < 100; i++)
            {
                await client.WriteAsync($"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.{i}\r\n\r\n");
                bodies.Add((await client.ReadResponseAsync()).Body);
            }

            return bodies;
        }
    }

    [Fact]
    public async Task A_client_cannot_choose_its_side_by_an_address_that_nobody_believes()
    {
        await using var old = RawUpstream.Ok("old");
        await using var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(new(50, null, null, null, null), [old.Port], candidate.Port);
        var bodies = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            bodies.Add((await edge.GetAsync("/", $"X-Forwarded-For: 198.51.100.{i}\r\n")).Body);
        }

        Assert.Single(bodies);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "Content-Length: 5\r\n\r\nhello")]
    [InlineData("POST", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    public async Task A_candidate_that_refuses_costs_no_request_of_any_method(string method, string rest)
    {
        await using var old = RawUpstream.Ok("old");
        await using var edge = await StartAsync(ByName, [old.Port], RawUpstream.FreePort(), RawUpstream.FreePort(), RawUpstream.FreePort(), RawUpstream.FreePort());
        for (var i = 0; i < 6; i++)
        {
            var (head, body) = await edge.SendAsync($"{method} / HTTP/1.1\r\nHost: x\r\n{Asks}{rest}\r\n");
            Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
            Assert.Equal("old", body);
        }

        Assert.Equal(0, (await edge.Daemon.ServiceAsync("web", 6)).EdgeFailures);
    }

    [Fact]
    public async Task The_try_at_a_candidate_takes_none_from_those_at_stable_instances()
    {
        await using var old = RawUpstream.Ok("old");
        await using var edge = await StartAsync(ByName, [RawUpstream.FreePort(), RawUpstream.FreePort(), old.Port], RawUpstream.FreePort());
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("old", (await edge.GetAsync("/", Asks)).Body);
        }
    }

    [Fact]
    public async Task A_candidate_that_dies_under_a_request_is_replaced_by_a_stable_instance_when_that_cannot_hurt()
    {
        await using var old = RawUpstream.Ok("old");
        await using var candidate = new RawUpstream(connection => connection.ReadRequestAsync());
        await using var edge = await StartAsync(ByName, [old.Port], candidate.Port);
        Assert.Equal("old", (await edge.GetAsync("/", Asks)).Body);
        Assert.Equal("old", (await edge.SendAsync($"PUT / HTTP/1.1\r\nHost: x\r\n{Asks}Content-Length: 2\r\n\r\nhi")).Body);
        Assert.StartsWith("HTTP/1.1 502", (await edge.SendAsync($"POST / HTTP/1.1\r\nHost: x\r\n{Asks}Content-Length: 2\r\n\r\nhi")).Head, StringComparison.Ordinal);

        var failed = await edge.Daemon.InstanceAsync("new-0", 3);
        Assert.Equal((3L, 3L), (failed.Requests, failed.Failures));
        Assert.Equal(0, (await edge.Daemon.InstanceAsync("web-0", 2)).Failures);
        Assert.Equal(1, (await edge.Daemon.ServiceAsync("web", 3)).EdgeFailures);
    }

    [Fact]
    public async Task Under_load_a_candidate_that_dies_costs_nobody_an_error()
    {
        await using var old = RawUpstream.Ok("old");
        var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(ByName, [old.Port], candidate.Port);
        var dead = new TaskCompletionSource();
        var clients = Enumerable.Range(0, 8).Select(_ => AskAsync()).ToArray();
        await candidate.FirstRequest;
        await candidate.DisposeAsync();
        dead.SetResult();
        foreach (var bodies in await Task.WhenAll(clients))
        {
            Assert.Equal("old", bodies[^1]);
            Assert.All(bodies, body => Assert.True(body is "old" or "new"));
        }

        async Task<List<string>> AskAsync()
        {
            using var client = await edge.ConnectAsync();
            var bodies = new List<string>();
            for (var left = 20; left > 0; left -= dead.Task.IsCompleted ? 1 : 0)
            {
                await client.WriteAsync($"GET / HTTP/1.1\r\nHost: x\r\n{Asks}\r\n");
                bodies.Add((await client.ReadResponseAsync()).Body);
            }

            return bodies;
        }
    }

    [Fact]
    public async Task Nobody_else_gets_a_candidate_even_when_no_stable_instance_is_ready()
    {
        await using var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(ByName, [], candidate.Port);
        Assert.StartsWith("HTTP/1.1 503", (await edge.GetAsync("/")).Head, StringComparison.Ordinal);
        Assert.Equal("new", (await edge.GetAsync("/", Asks)).Body);

        await edge.ApplyAsync(Beside(edge, ByName, [RawUpstream.FreePort()], candidate.Port));
        Assert.StartsWith("HTTP/1.1 502", (await edge.GetAsync("/")).Head, StringComparison.Ordinal);
        Assert.Single(candidate.Heads);
    }

    [Fact]
    public async Task When_the_candidate_is_dead_and_nobody_stable_is_ready_the_request_is_held_like_others()
    {
        await using var old = RawUpstream.Ok("old");
        await using var edge = await StartAsync(ByName, [], RawUpstream.FreePort());
        var held = Beside(edge, ByName, [], RawUpstream.FreePort());
        await edge.ApplyAsync(held with { Services = [held.Services[0] with { Hold = true, HoldMaxS = 30 }] });
        var asked = edge.GetAsync("/", Asks);
        await edge.UntilAsync(e => e.Held("web") == 1);
        await edge.ApplyAsync(Beside(edge, ByName, [old.Port]));
        Assert.Equal("old", (await asked).Body);
    }

    [Fact]
    public async Task WebSockets_follow_the_same_rule()
    {
        await using var old = RawUpstream.Ok("old");
        await using var candidate = RawUpstream.Ok("new");
        await using var edge = await StartAsync(ByName, [old.Port], candidate.Port);
        Assert.Equal("new", (await edge.SendAsync(Upgrade(Asks))).Body);
        Assert.Equal("old", (await edge.SendAsync(Upgrade(""))).Body);

        await edge.ApplyAsync(Beside(edge, ByName, [old.Port], RawUpstream.FreePort()));
        Assert.Equal("old", (await edge.SendAsync(Upgrade(Asks))).Body);

        static string Upgrade(string fields) =>
            $"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n";
    }

    [Fact]
    public async Task Promotion_turns_a_candidate_into_one_for_everybody_and_keeps_what_is_in_flight_and_counted()
    {
        var go = new TaskCompletionSource();
        await using var old = RawUpstream.Ok("old");
        await using var candidate = new RawUpstream(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } head)
            {
                if (head.StartsWith("GET /slow", StringComparison.Ordinal))
                {
                    await go.Task;
                }

                await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
            }
        });
        await using var edge = await StartAsync(ByName, [old.Port], candidate.Port);
        var slow = edge.GetAsync("/slow", Asks);
        await candidate.FirstRequest;
        var promoted = Beside(edge, null, [], candidate.Port);
        await edge.ApplyAsync(promoted with { Services = [promoted.Services[0] with { Instances = [promoted.Services[0].Instances[0] with { Candidate = false }] }] });
        Assert.Equal("new", (await edge.GetAsync("/")).Body);
        go.SetResult();
        Assert.Equal("new", (await slow).Body);
        Assert.Equal(0, (await edge.Daemon.InstanceAsync("new-0", 2)).Failures);
        Assert.Empty(old.Heads);
    }

    [Fact]
    public async Task A_candidate_that_is_given_up_drains_like_every_instance()
    {
        var go = new TaskCompletionSource();
        await using var old = RawUpstream.Ok("old");
        await using var candidate = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await go.Task;
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
        });
        await using var edge = await StartAsync(ByName, [old.Port], candidate.Port);
        var slow = edge.GetAsync("/", Asks);
        await candidate.FirstRequest;
        var given = Beside(edge, ByName, [old.Port], candidate.Port);
        await edge.ApplyAsync(given with { Services = [given.Services[0] with { Instances = [.. given.Services[0].Instances.Select(i => i with { Draining = i.Candidate })] }] });
        Assert.Equal("old", (await edge.GetAsync("/", Asks)).Body);
        await edge.Daemon.UntilAsync(r => r.InFlight is { Instance: "new-0", Requests: 1 });
        go.SetResult();
        Assert.Equal("new", (await slow).Body);
        await edge.Daemon.UntilAsync(r => r.InFlight is { Instance: "new-0", Requests: 0 });
    }
}
