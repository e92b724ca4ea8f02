using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.Forwarding;

public sealed class StreamingTests
{
    [Fact]
    public async Task An_event_arrives_before_the_next_one_is_written()
    {
        var second = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n");
            await second.Task;
            await connection.WriteAsync("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.ReadHeadAsync();
        Assert.Equal("9\r\ndata: 1\n\n\r\n", await client.ReadAsync(14));
        second.SetResult();
        Assert.Equal("9\r\ndata: 2\n\n\r\n0\r\n\r\n", await client.ReadAsync(19));
    }

    [Fact]
    public async Task A_head_is_passed_on_before_there_is_a_body()
    {
        var body = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
            await body.Task;
            await connection.WriteAsync("late");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Contains("Content-Length: 4", await client.ReadHeadAsync(), StringComparison.Ordinal);
        body.SetResult();
        Assert.Equal("late", await client.ReadAsync(4));
    }

    [Fact]
    public async Task Both_bodies_flow_at_the_same_time()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal("5\r\nping" + i + "\r\n", await connection.ReadAsync(10));
                await connection.WriteAsync("5\r\npong" + i + "\r\n");
            }

            Assert.Equal("0\r\n\r\n", await connection.ReadAsync(5));
            await connection.WriteAsync("0\r\n\r\n");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        await client.ReadHeadAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.WriteAsync("5\r\nping" + i + "\r\n");
            Assert.Equal("5\r\npong" + i + "\r\n", await client.ReadAsync(10));
        }

        await client.WriteAsync("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", await client.ReadAsync(5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 + 1)]
    [InlineData(3_000_000)]
    public async Task A_body_arrives_whole_in_both_framings(int size)
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                var body = await connection.ReadBodyAsync(head);
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var body = new string('x', size);
        using var client = await edge.ConnectAsync();
        var reading = client.ReadResponseAsync();
        await client.WriteAsync($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n{body}");
        Assert.Equal(body, (await reading).Body);
        reading = client.ReadResponseAsync();
        await client.WriteAsync($"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{(size == 0 ? "" : $"{size:x}\r\n{body}\r\n")}0\r\n\r\n");
        Assert.Equal(body, (await reading).Body);
    }

    [Fact]
    public async Task Request_trailers_are_passed_on()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n");
        Assert.Equal("hi[trailer X-Sum: 1]", Assert.Single(upstream.Bodies));
    }

    [Fact]
    public async Task An_interim_response_does_not_disturb_the_final_one()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Nope\r\nContent-Length: 3\r\n\r\nown");
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, body) = await edge.GetAsync("/");
        Assert.StartsWith("HTTP/1.1 404 Nope\r\n", head, StringComparison.Ordinal);
        Assert.Equal("own", body);
    }

    [Theory]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\n", "GET", 304)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "DELETE", 204)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", 200)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD", 200)]
    public async Task Responses_without_a_body_leave_the_connection_usable(string response, string method, int status)
    {
        await using var upstream = RawUpstream.Answering(response);
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.WriteAsync($"{method} / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status}", await client.ReadHeadAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public async Task A_body_that_ends_with_the_connection_is_relayed_whole()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        Assert.Equal("until the end", (await edge.GetAsync("/")).Body);
    }

    [Fact]
    public async Task An_applications_error_passes_untouched()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nmy words");
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, body) = await edge.GetAsync("/", "Accept: text/html\r\n");
        Assert.StartsWith("HTTP/1.1 500 Internal Server Error\r\n", head, StringComparison.Ordinal);
        Assert.Equal(("my words", "text/plain"), (body, RawConnection.Field(head, "Content-Type")));
    }

    [Fact]
    public async Task A_slow_reader_holds_the_service_back_and_is_not_mistaken_for_its_silence()
    {
        // More than all the socket buffers on the way can hold.
        const int size = 100_000_000;
        var sent = 0;
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            for (var block = new byte[80_000]; sent < size; sent += block.Length)
            {
                await connection.WriteAsync(block);
            }
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Routes = [new(null, "/", "web", false, 0.3)] });
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.ReadHeadAsync();

        // Longer than the route's timeout: the sweep has looked several times.
        await edge.SweepsAsync(5);
        Assert.True(sent < size, "the edge took the whole body in");
        var received = 0;
        while (received < size && await client.TryReadSomeAsync() is { } some)
        {
            received += some.Length;
        }

        Assert.Equal(size, received);
    }

    [Fact]
    public async Task An_event_stream_that_answers_a_long_upload_may_be_silent_too()
    {
        var go = new TaskCompletionSource();
        await using var upstream = new RawUpstream(async connection =>
        {
            var head = await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            await connection.ReadBodyAsync(head!);
            await go.Task;
            await connection.WriteAsync("2\r\nok\r\n0\r\n\r\n");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port])) with { Routes = [new(null, "/", "web", false, 0.2)] });
        using var client = await edge.ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        var head = await client.ReadHeadAsync();
        await client.WriteAsync("1\r\nx\r\n0\r\n\r\n");
        await edge.SweepsAsync(4);
        go.SetResult();
        Assert.Equal("ok", await client.ReadBodyAsync(head!));
    }
}
