using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class HeaderRulesTests
{
    /// <summary>What the client sends, and what must (or must not) stand in the head that the service gets. A leading ! means absent.</summary>
    [Theory]
    [InlineData("X-Plain: Value, with  spaces", "X-Plain: Value, with  spaces")]
    [InlineData("Upgrade-Insecure-Requests: 1", "Upgrade-Insecure-Requests: 1")]
    [InlineData("X-Twice: a\r\nX-Twice: b", "X-Twice: a\r\nX-Twice: b")]
    [InlineData("Connection: close, X-Hop\r\nX-Hop: secret", "!X-Hop")]
    [InlineData("Connection: keep-alive\r\nKeep-Alive: timeout=5", "!Keep-Alive")]
    [InlineData("Connection: keep-alive", "!Connection")]
    [InlineData("Connection: Authorization, Cookie\r\nAuthorization: Bearer x\r\nCookie: a=b", "Authorization: Bearer x")]
    [InlineData("Connection: Cookie\r\nCookie: a=b", "Cookie: a=b")]
    [InlineData("Connection: X-Forwarded-For", "X-Forwarded-For: 127.0.0.1")]
    [InlineData("Connection: X-Correlation-ID\r\nX-Correlation-ID: abc", "X-Correlation-ID: abc")]
    [InlineData("Connection: Host", "Host: example.test")]
    [InlineData("Proxy-Connection: keep-alive", "!Proxy-Connection")]
    [InlineData("Proxy: http://evil.test", "!Proxy")]
    [InlineData("TE: trailers, deflate", "TE: trailers")]
    [InlineData("TE: gzip", "!TE")]
    [InlineData("Expect: 100-continue", "!Expect")]
    [InlineData("X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 127.0.0.1")]
    [InlineData("X_Forwarded_For: 6.6.6.6", "!X_Forwarded_For")]
    [InlineData("X-Forwarded-Proto: https", "X-Forwarded-Proto: http")]
    [InlineData("X-Forwarded-Host: evil.test", "X-Forwarded-Host: example.test")]
    [InlineData("X-Forwarded-Port: 443", "!X-Forwarded-Port")]
    [InlineData("X-Real-IP: 6.6.6.6", "!X-Real-IP")]
    [InlineData("Forwarded: for=6.6.6.6", "!Forwarded")]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("X-Latin: \u00e4\u00f6\u00ff", "X-Latin: \u00e4\u00f6\u00ff")]
    [InlineData("X-Correlation-ID: bad id with spaces", "!bad id with spaces")]
    public async Task A_request_from_an_untrusted_peer(string sent, string expected)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.GetAsync("/", sent + "\r\n");
        Matches(Assert.Single(upstream.Heads), expected);
    }

    [Theory]
    [InlineData("X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 6.6.6.6, 127.0.0.1")]
    [InlineData("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7", "X-Forwarded-For: 6.6.6.6,7.7.7.7, 127.0.0.1")]
    [InlineData("X-Forwarded-Proto: https", "X-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Host: public.test", "X-Forwarded-Host: public.test")]
    [InlineData("X-Forwarded-Port: 443", "X-Forwarded-Port: 443")]
    [InlineData("X-Real-IP: 6.6.6.6", "X-Real-IP: 6.6.6.6")]
    [InlineData("Forwarded: for=6.6.6.6", "Forwarded: for=6.6.6.6, for=127.0.0.1;proto=http;host=example.test")]
    [InlineData("X-Plain: 1", "!Forwarded:")]
    public async Task A_request_from_a_trusted_proxy(string sent, string expected)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { TrustedProxies = ["10.0.0.0/8", "127.0.0.1"] });
        await edge.GetAsync("/", sent + "\r\n");
        Matches(Assert.Single(upstream.Heads), expected);
    }

    [Theory]
    [InlineData("X-Plain: a", "X-Plain: a")]
    [InlineData("Set-Cookie: a=1\r\nSet-Cookie: b=2", "Set-Cookie: a=1\r\nSet-Cookie: b=2")]
    [InlineData("Connection: close, X-Up-Hop\r\nX-Up-Hop: secret", "!X-Up-Hop")]
    [InlineData("Keep-Alive: timeout=5", "!Keep-Alive")]
    [InlineData("Alt-Svc: h3=\":443\"", "Alt-Svc: h3=\":443\"")]
    [InlineData("Server: nginx", "Server: nginx")]
    [InlineData("X-Utf8: \u00c3\u00a4", "X-Utf8: \u00c3\u00a4")]
    [InlineData("Upgrade: h2c", "!Upgrade")]
    public async Task A_response(string sent, string expected)
    {
        await using var upstream = RawUpstream.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{sent}\r\n\r\nok");
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, body) = await edge.GetAsync("/");
        Assert.Equal("ok", body);
        Matches(head, expected);
    }

    [Fact]
    public async Task The_correlation_id_goes_both_ways()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.GetAsync("/", "X-Correlation-ID: abc-123\r\n");
        Assert.Equal("abc-123", RawConnection.Field(head, "X-Correlation-ID"));
        Assert.Equal("abc-123", RawConnection.Field(Assert.Single(upstream.Heads), "X-Correlation-ID"));
        (head, _) = await edge.GetAsync("/", "X-Correlation-ID: a\r\nX-Correlation-ID: b\r\n");
        Assert.Equal(25, RawConnection.Field(head, "X-Correlation-ID")!.Length);
    }

    private static void Matches(string head, string expected)
    {
        if (expected.StartsWith('!'))
        {
            Assert.DoesNotContain("\r\n" + expected[1..], head, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(expected[1..] + "\r\n", head, StringComparison.OrdinalIgnoreCase);
        }
        else
        {
            Assert.Contains($"\r\n{expected}\r\n", head, StringComparison.OrdinalIgnoreCase);
        }
    }
}
