using System.Net;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class PriorKnowledgeTests
{
    [Fact]
    public async Task HTTP2_without_TLS_works_for_those_who_know()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal("ok", await client.GetStringAsync(new Uri($"http://127.0.0.1:{edge.Port}/x%2Fy")));
        Assert.Equal("ok", await client.GetStringAsync(new Uri($"http://127.0.0.1:{edge.Port}/x")));
        Assert.All(upstream.Heads, head => Assert.Equal("http", RawConnection.Field(head, "X-Forwarded-Proto")));
        Assert.StartsWith("GET /x%2Fy HTTP/1.1\r\n", upstream.Heads.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_only_begins_like_the_preface_is_a_method()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        foreach (var piece in new[] { "P", "R", "IX / HTTP/1.1\r\n", "Host: x\r\n\r\n" })
        {
            await client.WriteAsync(piece);
        }

        Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
        Assert.StartsWith("PRIX / HTTP/1.1\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_in_time()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync(new() { RequestHead = TimeSpan.FromMilliseconds(50) });
        await edge.ApplyAsync(edge.Snapshot(("web", [RawUpstream.FreePort()])));
        using var client = await edge.ConnectAsync();
        Assert.True(await client.IsClosedAsync());
    }
}
