using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Guards;

/// <summary>Guards on the wire.</summary>
public sealed class GuardedRouteTests
{
    private const string WebSocket = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

    [Fact]
    public async Task A_limited_client_hears_429_with_when_to_come_back_and_the_service_hears_nothing()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await StartAsync(upstream, new(null, [new(["header:x-tenant-id"], 2, 60, 2, "unknown", 56)], null));
        var (first, _) = await edge.GetAsync("/", "x-tenant-id: a\r\n");
        Assert.Equal(("\"x-tenant-id\";q=2;w=60", "\"x-tenant-id\";r=1;t=30"), (RawConnection.Field(first, "RateLimit-Policy"), RawConnection.Field(first, "RateLimit")));
        await edge.GetAsync("/", "x-tenant-id: a\r\n");

        var (head, body) = await edge.GetAsync("/", "x-tenant-id: a\r\n");

        Assert.StartsWith("HTTP/1.1 429", head, StringComparison.Ordinal);
        Assert.Equal(("30", "rate-limited", "application/problem+json"), (RawConnection.Field(head, "Retry-After"), RawConnection.Field(head, "Mainstay-Error"), RawConnection.Field(head, "Content-Type")));
        Assert.NotNull(RawConnection.Field(head, "X-Correlation-ID"));
        Assert.Contains("\"retry_after\":30", body, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", (await edge.GetAsync("/", "x-tenant-id: b\r\n")).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 429", (await edge.GetAsync("/", $"x-tenant-id: a\r\n{WebSocket}")).Head, StringComparison.Ordinal);
        Assert.Equal(3, upstream.Heads.Count);
        Assert.Contains(edge.Log, line => line.Contains("answered 429 rate-limited", StringComparison.Ordinal));
        Assert.Contains("<html", (await edge.GetAsync("/", "x-tenant-id: a\r\nAccept: text/html\r\n")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_holds_on_one_connection_and_over_snapshots()
    {
        await using var upstream = RawUpstream.Ok();
        EdgeGuards guards = new(null, [new(["client_ip"], 3, 60, 3, null, 56)], null);
        await using var edge = await StartAsync(upstream, guards);
        using var connection = await edge.ConnectAsync();
        var seen = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await connection.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            seen.Add((await connection.ReadResponseAsync(false)).Head[9..12]);
            await edge.ApplyAsync(With(edge.Snapshot(("web", [upstream.Port])), guards));
        }

        Assert.Equal(["200", "200", "200", "429", "429"], seen);
    }

    [Fact]
    public async Task A_switch_that_is_off_refuses_and_one_that_is_on_again_lets_through()
    {
        await using var upstream = RawUpstream.Ok();
        EdgeGuards guards = new(null, [], new("hooks", 503, null, "text/plain", 0, null));
        await using var edge = await StartAsync(upstream, guards, new EdgeSwitch("hooks", false, true, null));
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Equal(("60", "switched-off"), (RawConnection.Field(head, "Retry-After"), RawConnection.Field(head, "Mainstay-Error")));
        Assert.Empty(upstream.Heads);

        await edge.ApplyAsync(With(edge.Snapshot(("web", [upstream.Port])), guards, new EdgeSwitch("hooks", true, true, null)));
        Assert.StartsWith("HTTP/1.1 200", (await edge.GetAsync("/")).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(418, "tea", "GET", "tea")]
    [InlineData(200, "{}", "HEAD", "")]
    [InlineData(204, "", "GET", "")]
    public async Task A_switch_answers_as_the_manifest_has_it(int status, string text, string method, string seen)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await StartAsync(upstream, new(null, [], new("hooks", status, text, "application/json", 0, null)), new EdgeSwitch("hooks", false, true, null));
        var (head, body) = await edge.SendAsync($"{method} / HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status}", head, StringComparison.Ordinal);
        Assert.Equal(seen, body);
        Assert.Empty(upstream.Heads);
    }

    [Fact]
    public async Task While_a_switch_is_off_another_service_can_answer()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal");
        await using var other = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nspar");
        await using var edge = await EdgeUnderTest.StartBareAsync();
        EdgeSnapshot Snapshot(bool on)
        {
            var plain = edge.Snapshot(("web", [upstream.Port]), ("spare", [other.Port]));
            return plain with { Routes = [plain.Routes[0] with { Guards = new(null, [], new("hooks", 503, null, "", 0, "spare")) }], Switches = [new("hooks", on, true, null)] };
        }

        await edge.ApplyAsync(Snapshot(on: false));
        Assert.Equal("spar", (await edge.GetAsync("/")).Body);
        await edge.ApplyAsync(Snapshot(on: true));
        Assert.Equal("real", (await edge.GetAsync("/")).Body);
    }

    private static async Task<EdgeUnderTest> StartAsync(RawUpstream upstream, EdgeGuards guards, params EdgeSwitch[] switches)
    {
        var edge = await EdgeUnderTest.StartBareAsync();
        await edge.ApplyAsync(With(edge.Snapshot(("web", [upstream.Port])), guards, switches));
        return edge;
    }

    private static EdgeSnapshot With(EdgeSnapshot snapshot, EdgeGuards guards, params EdgeSwitch[] switches) =>
        snapshot with { Routes = [snapshot.Routes[0] with { Guards = guards }], Switches = [.. switches] };
}
