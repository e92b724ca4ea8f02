using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class PathFidelityTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a%2Fb")]
    [InlineData("/a%2fb")]
    [InlineData("/%41")]
    [InlineData("/a/../b")]
    [InlineData("/a/%2e%2E/b")]
    [InlineData("/a/./b/.")]
    [InlineData("//x//y")]
    [InlineData("/[x]")]
    [InlineData("/a|b^c`d")]
    [InlineData("/{x}\"<>")]
    [InlineData("/a\\b")]
    [InlineData("/%5c")]
    [InlineData("/%e4")]
    [InlineData("/%C3%A4")]
    [InlineData("/a;b=c,d@e!$&'()*+~")]
    [InlineData("/a?x=%2F&y=/../z?&=")]
    [InlineData("/?")]
    [InlineData("/a+b%20c")]
    [InlineData("/%7Ex~")]
    public async Task The_target_arrives_byte_by_byte(string target)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.GetAsync(target);
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        Assert.StartsWith($"GET {target} HTTP/1.1\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/%00")]
    [InlineData("/a#b")]
    [InlineData("/a\u0001b")]
    [InlineData("/\u00e4")]
    public async Task What_parsers_disagree_about_is_refused(string target)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.GetAsync(target);
        Assert.StartsWith("HTTP/1.1 400", head, StringComparison.Ordinal);
        Assert.Empty(upstream.Heads);
    }

    [Theory]
    [InlineData("http://example.test/x?y", "/x?y")]
    [InlineData("http://example.test", "/")]
    [InlineData("http://example.test?y", "/?y")]
    public async Task An_absolute_target_becomes_a_path(string target, string expected)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.GetAsync(target);
        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asterisk_stays_an_asterisk()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.SendAsync("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("OPTIONS * HTTP/1.1\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/users?x=1", "/users?x=1")]
    [InlineData("/api/v1", "/")]
    [InlineData("/api/v1/", "/")]
    [InlineData("/api/v1?x=1", "/?x=1")]
    [InlineData("/api/v1//a%2Fb/%41", "//a%2Fb/%41")]
    [InlineData("/%61pi/v1/a%2Fb", "/a%2Fb")]
    [InlineData("/api/../api/v1/x?y=%2F", "/x?y=%2F")]
    public async Task A_stripped_prefix_leaves_the_rest_alone(string target, string expected)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Routes = [new EdgeRoute(null, "/api/v1/", "web", true, 5)] });
        await edge.GetAsync(target);
        var head = Assert.Single(upstream.Heads);
        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Equal("/api/v1", RawConnection.Field(head, "X-Forwarded-Prefix"));
    }
}
