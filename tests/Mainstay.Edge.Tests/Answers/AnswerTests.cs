using System.Text.Json;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Answers;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Answers;

public sealed class AnswerTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true)]
    [InlineData("application/json, text/html;q=0.5", false)]
    [InlineData("text/html;q=0.5, application/json;q=0.4", true)]
    [InlineData("text/html, application/json", true)]
    [InlineData("text/html;q=0", false)]
    [InlineData("application/problem+json, text/html;q=0.9", false)]
    [InlineData("TEXT/HTML", true)]
    [InlineData("text/html;q=junk", false)]
    public void A_page_is_for_those_who_ask_for_one(string accept, bool html) => Assert.Equal(html, Acceptable.PrefersHtml(accept));

    [Fact]
    public async Task Programs_get_a_problem_document()
    {
        await using var edge = await EdgeUnderTest.StartAsync(("web", []));
        var (head, body) = await edge.GetAsync("/", "X-Correlation-ID: abc\r\n");
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Equal(("application/problem+json", "no-store", "2"), (RawConnection.Field(head, "Content-Type"), RawConnection.Field(head, "Cache-Control"), RawConnection.Field(head, "Retry-After")));
        Assert.Null(RawConnection.Field(head, "Refresh"));
        using var document = JsonDocument.Parse(body);
        Assert.Equal((503, "abc"), (document.RootElement.GetProperty("status").GetInt32(), document.RootElement.GetProperty("correlation_id").GetString()));
    }

    [Fact]
    public async Task People_get_a_page_that_tries_again_by_itself()
    {
        await using var edge = await EdgeUnderTest.StartAsync(("web", []));
        var (head, body) = await edge.GetAsync("/", "Accept: text/html\r\nX-Correlation-ID: abc\r\n");
        Assert.Equal(("text/html; charset=utf-8", "2", "abc"), (RawConnection.Field(head, "Content-Type"), RawConnection.Field(head, "Refresh"), RawConnection.Field(head, "X-Correlation-ID")));
        Assert.Contains("<code>abc</code>", body, StringComparison.Ordinal);
        Assert.DoesNotContain("http", body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("{", body.Split("</style>")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_gets_the_fields_without_the_body()
    {
        await using var edge = await EdgeUnderTest.StartAsync(("web", []));
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("HEAD / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        var head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.NotEqual("0", RawConnection.Field(head!, "Content-Length"));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Without_a_route_the_answer_is_404()
    {
        await using var edge = await EdgeUnderTest.StartBareAsync();
        await edge.ApplyAsync(edge.Snapshot(("web", [])) with { Routes = [new EdgeRoute("only.test", "/", "web", false, 5)] });
        var (head, _) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 404", head, StringComparison.Ordinal);
        Assert.Equal("no-route", RawConnection.Field(head, "Mainstay-Error"));
    }

    [Fact]
    public async Task The_operators_own_page_is_preferred()
    {
        var directory = Directory.CreateTempSubdirectory("mainstay-pages-");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "503.html"), "<p>our own</p>");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "readme.html"), "not a status");
        await using var edge = await EdgeUnderTest.StartBareAsync();
        await edge.ApplyAsync(edge.Snapshot(("web", [])) with { ErrorPages = directory.FullName });
        Assert.Equal("<p>our own</p>", (await edge.GetAsync("/", "Accept: text/html\r\n")).Body);
        await edge.ApplyAsync(edge.Snapshot(("web", [])) with { ErrorPages = Path.Combine(directory.FullName, "missing") });
        Assert.Contains("We will be right back", (await edge.GetAsync("/", "Accept: text/html\r\n")).Body, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_page_of_the_operator_that_is_too_long_is_named_in_the_log()
    {
        var directory = Directory.CreateTempSubdirectory("mainstay-pages-");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "502.html"), "<p>our own</p>");
        await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "503.html"), new byte[(512 * 1024) + 1]);
        await using var edge = await EdgeUnderTest.StartBareAsync();
        await edge.ApplyAsync(edge.Snapshot(("web", [])) with { ErrorPages = directory.FullName });
        Assert.Contains("We will be right back", (await edge.GetAsync("/", "Accept: text/html\r\n")).Body, StringComparison.Ordinal);
        Assert.Contains(edge.Log, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("larger than 512 KB, the built-in page is used: 503.html", StringComparison.Ordinal));
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_favicon_that_does_not_exist_is_answered_quietly()
    {
        await using var without = RawUpstream.Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope");
        await using var edge = await EdgeUnderTest.StartAsync(without.Port);
        var (head, _) = await edge.GetAsync("/favicon.ico");
        Assert.StartsWith("HTTP/1.1 204", head, StringComparison.Ordinal);
        Assert.Contains("max-age", RawConnection.Field(head, "Cache-Control"), StringComparison.Ordinal);
        Assert.Equal("nope", (await edge.GetAsync("/other.ico")).Body);
        await edge.ApplyAsync(edge.Snapshot(("web", [])));
        Assert.StartsWith("HTTP/1.1 204", (await edge.GetAsync("/favicon.ico")).Head, StringComparison.Ordinal);
        await using var with = RawUpstream.Ok("icon");
        await edge.ApplyAsync(edge.Snapshot(("web", [with.Port])));
        Assert.Equal("icon", (await edge.GetAsync("/favicon.ico")).Body);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400")]
    [InlineData("GET /\r\n\r\n", "400")]
    [InlineData("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "405")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "400")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000000\r\n\r\n", "413")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400")]
    public async Task What_is_wrong_with_a_request_is_said_before_a_service_sees_it(string request, string status)
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.SendAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status}", head, StringComparison.Ordinal);
        Assert.Empty(upstream.Bodies);
    }

    [Fact]
    public async Task Too_long_heads_are_refused()
    {
        await using var edge = await EdgeUnderTest.StartAsync(("web", []));
        Assert.StartsWith("HTTP/1.1 414", (await edge.GetAsync("/" + new string('x', 20_000))).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", (await edge.GetAsync("/", $"X: {new string('x', 70_000)}\r\n")).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", (await edge.GetAsync("/", string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: x\r\n")))).Head, StringComparison.Ordinal);
    }
}
