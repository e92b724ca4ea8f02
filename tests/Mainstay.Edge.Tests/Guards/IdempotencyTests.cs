using System.Globalization;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Guards.Idempotency;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Guards;

/// <summary>A key, and how often the service is asked.</summary>
public sealed class IdempotencyTests
{
    [Theory]
    [InlineData("k1", "k1")]
    [InlineData("\"8e03978e-40d5\"", "8e03978e-40d5")]
    [InlineData(" k1 ", "k1")]
    [InlineData("", null)]
    [InlineData("\"\"", null)]
    [InlineData("a b", null)]
    [InlineData("a\"b", null)]
    [InlineData("a\\b", null)]
    [InlineData("\u00e4", null)]
    public void A_key_is_visible_text_with_or_without_quotes(string field, string? key) => Assert.Equal(key, IdempotencyRule.Read(field));

    [Fact]
    public async Task The_same_request_is_answered_again_and_another_with_its_key_is_refused()
    {
        await using var upstream = Counting("Set-Cookie: s=1\r\nX-Order: 7\r\n");
        await using var edge = await StartAsync(upstream);
        var first = await PostAsync(edge, "k1", "x");
        var again = await PostAsync(edge, "\"k1\"", "x");

        Assert.Equal(("n1", "n1"), (first.Body, again.Body));
        Assert.Equal((null, "true"), (RawConnection.Field(first.Head, "Idempotency-Replayed"), RawConnection.Field(again.Head, "Idempotency-Replayed")));
        Assert.Equal(("7", "s=1", "7", null), (RawConnection.Field(first.Head, "X-Order"), RawConnection.Field(first.Head, "Set-Cookie"), RawConnection.Field(again.Head, "X-Order"), RawConnection.Field(again.Head, "Set-Cookie")));
        Assert.NotEqual(RawConnection.Field(first.Head, "X-Correlation-ID"), RawConnection.Field(again.Head, "X-Correlation-ID"));
        Assert.Equal("422 idempotency-key-reused", Said(await PostAsync(edge, "k1", "y")));
        Assert.Equal("422 idempotency-key-reused", Said(await PostAsync(edge, "k1", "x", target: "/other")));
        Assert.Equal("422 idempotency-key-reused", Said(await PostAsync(edge, "k1", "x", method: "PATCH")));
        Assert.Equal("n2", (await PostAsync(edge, "k2", "x")).Body);
        Assert.Equal(2, upstream.Heads.Count);
    }

    [Fact]
    public async Task Of_fifty_at_once_one_reaches_the_service_and_all_get_its_answer()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = Counting(before: gate.Task);
        await using var edge = await StartAsync(upstream);
        var asking = Enumerable.Range(0, 50).Select(_ => PostAsync(edge, "k", "x")).ToArray();
        await upstream.FirstRequest;
        gate.SetResult();

        Assert.All(await Task.WhenAll(asking), answer => Assert.Equal("n1", answer.Body));
        Assert.Single(upstream.Heads);
    }

    [Fact]
    public async Task A_client_that_goes_away_finds_its_answer_when_it_asks_again()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = Counting(before: gate.Task);
        await using var edge = await StartAsync(upstream);
        using (var leaving = await edge.ConnectAsync())
        {
            await leaving.WriteAsync(Post("k", "x"));
            await upstream.FirstRequest;
        }

        gate.SetResult();
        Assert.Equal("n1", (await PostAsync(edge, "k", "x")).Body);
        Assert.Single(upstream.Heads);
    }

    [Theory]
    [InlineData("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", "500", 1)]
    [InlineData("HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", "404", 1)]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno", "503", 2)]
    [InlineData("HTTP/1.1 429 No\r\nContent-Length: 2\r\n\r\nno", "429", 2)]
    [InlineData("HTTP/1.1 204 Ok\r\n\r\n", "204", 1)]
    public async Task What_the_service_said_stands_unless_it_said_that_it_did_nothing(string answer, string status, int asked)
    {
        await using var upstream = RawUpstream.Answering(answer);
        await using var edge = await StartAsync(upstream);
        Assert.Equal([status, status], [(await PostAsync(edge, "k", "x")).Head[9..12], (await PostAsync(edge, "k", "x")).Head[9..12]]);
        Assert.Equal(asked, upstream.Heads.Count);
    }

    [Fact]
    public async Task When_the_service_dies_under_it_nobody_knows_and_when_it_was_not_there_it_is_as_the_first()
    {
        await using var dying = new RawUpstream(async connection => await connection.ReadRequestAsync());
        await using var edge = await StartAsync(dying);
        Assert.StartsWith("HTTP/1.1 502", (await PostAsync(edge, "k", "x")).Head, StringComparison.Ordinal);
        Assert.Equal("409 idempotency-outcome-unknown", Said(await PostAsync(edge, "k", "x")));
        Assert.Single(dying.Heads);

        await edge.ApplyAsync(With(edge.Snapshot(("web", [RawUpstream.FreePort()]))));
        Assert.StartsWith("HTTP/1.1 502", (await PostAsync(edge, "other", "x")).Head, StringComparison.Ordinal);
        await using var upstream = Counting();
        await edge.ApplyAsync(With(edge.Snapshot(("web", [upstream.Port]))));
        Assert.Equal("n1", (await PostAsync(edge, "other", "x")).Body);
    }

    [Fact]
    public async Task Keys_are_told_apart_by_scope_and_where_one_is_required_there_must_be_one()
    {
        await using var upstream = Counting();
        await using var edge = await StartAsync(upstream, new(300, true, ["header:x-tenant-id"], 56, 1000));
        Assert.Equal("n1", (await PostAsync(edge, "k", "x", "x-tenant-id: a\r\n")).Body);
        Assert.Equal("n2", (await PostAsync(edge, "k", "x", "x-tenant-id: b\r\n")).Body);
        Assert.Equal("n1", (await PostAsync(edge, "k", "x", "x-tenant-id: a\r\n")).Body);
        Assert.Equal("400 idempotency-key-missing", Said(await edge.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx")));
        Assert.Equal("400 idempotency-key-malformed", Said(await PostAsync(edge, "a b", "x")));
        Assert.StartsWith("HTTP/1.1 413", (await PostAsync(edge, "long", new string('x', 1001))).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", (await edge.GetAsync("/", "Idempotency-Key: k\r\n")).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_passed_on_whole_and_not_kept()
    {
        var body = new string('b', 300_000);
        await using var upstream = RawUpstream.Answering($"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n{body}");
        await using var edge = await StartAsync(upstream);
        Assert.Equal(body, (await PostAsync(edge, "k", "x")).Body);
        Assert.Equal("409 idempotency-answer-not-kept", Said(await PostAsync(edge, "k", "x")));
        Assert.Single(upstream.Heads);
    }

    [Fact]
    public async Task Bodies_that_are_held_are_bounded_together()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = Counting(before: gate.Task);
        await using var edge = await EdgeUnderTest.StartBareAsync(new EdgeLimits { HeldBodyBytes = 1500 });
        await edge.ApplyAsync(With(edge.Snapshot(("web", [upstream.Port]))));
        var first = PostAsync(edge, "k1", new string('x', 1000));
        await upstream.FirstRequest;
        Assert.Equal("503 idempotency-unavailable", Said(await PostAsync(edge, "k2", new string('x', 1000))));
        gate.SetResult();
        Assert.Equal("n1", (await first).Body);
        Assert.Equal("n2", (await PostAsync(edge, "k2", new string('x', 1000))).Body);
    }

    private static string Said((string Head, string Body) answer) => $"{answer.Head[9..12]} {RawConnection.Field(answer.Head, "Mainstay-Error")}";

    private static string Post(string key, string body, string fields = "", string target = "/", string method = "POST") =>
        $"{method} {target} HTTP/1.1\r\nHost: x\r\nIdempotency-Key: {key}\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}";

    private static Task<(string Head, string Body)> PostAsync(EdgeUnderTest edge, string key, string body, string fields = "", string target = "/", string method = "POST") =>
        edge.SendAsync(Post(key, body, fields, target, method));

    /// <summary>Each answer has a number.</summary>
    private static RawUpstream Counting(string fields = "", Task? before = null)
    {
        var count = 0;
        return new(async connection =>
        {
            while (await connection.ReadRequestAsync() is not null)
            {
                await (before ?? Task.CompletedTask);
                var body = string.Create(CultureInfo.InvariantCulture, $"n{Interlocked.Increment(ref count)}");
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}");
            }
        });
    }

    private static async Task<EdgeUnderTest> StartAsync(RawUpstream upstream, EdgeIdempotency? rule = null)
    {
        var edge = await EdgeUnderTest.StartBareAsync();
        await edge.ApplyAsync(With(edge.Snapshot(("web", [upstream.Port])), rule));
        return edge;
    }

    private static EdgeSnapshot With(EdgeSnapshot snapshot, EdgeIdempotency? rule = null) =>
        snapshot with { Routes = [snapshot.Routes[0] with { Guards = new(null, [], null, rule ?? new(300, false, [], 56, 1_000_000)) }] };
}
