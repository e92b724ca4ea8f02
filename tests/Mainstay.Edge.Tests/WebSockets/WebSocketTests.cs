using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Tests.Harness;

namespace Mainstay.Edge.Tests.WebSockets;

public sealed class WebSocketTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    private static string Ask(string fields = "") =>
        $"GET /chat?room=1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n";

    /// <summary>Echoes bytes after the handshake and keeps what it got.</summary>
    private static RawUpstream Echo(StringBuilder? got = null, string early = "") => new(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync(Answer + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n" + early);
        while (await connection.TryReadSomeAsync() is { } bytes)
        {
            got?.Append(Encoding.Latin1.GetString(bytes));
            await connection.WriteAsync(bytes);
        }
    });

    [Fact]
    public async Task The_handshake_and_the_frames_pass_unchanged()
    {
        await using var upstream = Echo(early: "\u0081\u0002hi");
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: a, b\r\n"));
        var head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", RawConnection.Field(head!, "Sec-WebSocket-Accept"));
        Assert.Equal("permessage-deflate", RawConnection.Field(head!, "Sec-WebSocket-Extensions"));
        Assert.Equal("websocket", RawConnection.Field(head!, "Upgrade"));
        Assert.Equal("Upgrade", RawConnection.Field(head!, "Connection"));
        var sent = Assert.Single(upstream.Heads);
        Assert.Equal("permessage-deflate; client_max_window_bits", RawConnection.Field(sent, "Sec-WebSocket-Extensions"));
        Assert.Equal("a, b", RawConnection.Field(sent, "Sec-WebSocket-Protocol"));
        Assert.Equal(Key, RawConnection.Field(sent, "Sec-WebSocket-Key"));
        Assert.Equal("127.0.0.1", RawConnection.Field(sent, "X-Forwarded-For"));
        Assert.StartsWith("GET /chat?room=1 HTTP/1.1\r\n", sent, StringComparison.Ordinal);
        Assert.Equal("\u0081\u0002hi", await client.ReadAsync(4));
        const string frame = "\u00c1\u0083\u0001\u0002\u0003\u0004abc";
        await client.WriteAsync(frame);
        Assert.Equal(frame, await client.ReadAsync(frame.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0088\u0002\u0003\u00f4")]
    public async Task When_the_instance_has_ended_it_the_client_sees_the_end_at_once(string close)
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(Answer + "\r\n" + close);
            if (close.Length > 0)
            {
                // It waits for the client's Close, as it should; without one of its own, it has died.
                await connection.TryReadSomeAsync();
            }
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask());
        await client.ReadHeadAsync();
        Assert.Equal(close, await client.ReadAsync(close.Length));
        var began = Stopwatch.GetTimestamp();
        if (close.Length > 0)
        {
            await client.WriteAsync("\u0088\u0082\u0000\u0000\u0000\u0000\u0003\u00e8");
        }

        Assert.Null(await client.TryReadSomeAsync());

        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(3), $"{Stopwatch.GetElapsedTime(began)}");
    }

    [Fact]
    public async Task Another_answer_than_101_is_an_ordinary_response()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nwho?");
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask());
        var (head, body) = await client.ReadResponseAsync();
        Assert.StartsWith("HTTP/1.1 401", head, StringComparison.Ordinal);
        Assert.Equal("who?", body);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    public async Task An_acceptance_that_proves_nothing_is_502(string answer)
    {
        await using var upstream = RawUpstream.Answering(answer);
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        Assert.StartsWith("HTTP/1.1 502", (await edge.SendAsync(Ask())).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_upgrade_is_not_offered_and_the_request_goes_on_without_it()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var (head, _) = await edge.GetAsync("/", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n");
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        var sent = Assert.Single(upstream.Heads);
        Assert.Null(RawConnection.Field(sent, "Upgrade"));
        Assert.Null(RawConnection.Field(sent, "HTTP2-Settings"));
    }

    [Fact]
    public async Task The_end_of_one_side_is_the_end_of_the_other_after_its_last_bytes()
    {
        await using var upstream = new RawUpstream(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.WriteAsync(Answer + "\r\n\u0088\u0002\u0003\u00e8");
        });
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask());
        await client.ReadHeadAsync();
        Assert.Equal("\u0088\u0002\u0003\u00e8", await client.ReadAsync(4));
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task When_its_instance_drains_it_gets_1001_between_two_frames_and_not_earlier()
    {
        var got = new StringBuilder();
        await using var upstream = Echo(got);
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var snapshot = edge.Snapshot(("web", [upstream.Port])) with { WsDrainS = 0.4 };
        await edge.ApplyAsync(snapshot);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask());
        await client.ReadHeadAsync();

        // Half a frame in both directions: nothing may be put in here.
        await client.WriteAsync("\u0082\u0085\u0000\u0000\u0000\u0000hel");
        Assert.Equal("\u0082\u0085\u0000\u0000\u0000\u0000hel", await client.ReadAsync(9));
        await edge.ApplyAsync(snapshot with { Services = [new EdgeService("web", false, 0, [EdgeUnderTest.Instance("web", 0, upstream.Port, draining: true)], "")] });
        await edge.Daemon.UntilAsync(r => r.InFlight is { Requests: 0, WebSockets: 1 });
        await edge.UntilAsync(e => e.ClosingWebSockets == 1);
        await client.WriteAsync("lo");

        // The echo's frame ends, and there is the Close.
        Assert.Equal("lo\u0088\u0002\u0003\u00e9", await client.ReadAsync(6));
        await client.WriteAsync("\u0088\u0082\u0000\u0000\u0000\u0000\u0003\u00e9");
        Assert.True(await client.IsClosedAsync());
        await edge.Daemon.UntilAsync(r => r.InFlight is { Requests: 0, WebSockets: 0 });
        var bytes = got.ToString();
        Assert.StartsWith("\u0082\u0085\u0000\u0000\u0000\u0000hello\u0088\u0082", bytes, StringComparison.Ordinal);
        var close = Encoding.Latin1.GetBytes(bytes[11..]);
        Assert.Equal(1001, ((close[6] ^ close[2]) << 8) | (close[7] ^ close[3]));
    }

    [Fact]
    public async Task One_of_a_service_that_ends_its_sockets_itself_is_left_alone_while_its_instance_drains()
    {
        await using var upstream = Echo();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var snapshot = edge.Snapshot(("calls", [upstream.Port]), ("web", [upstream.Port])) with { WsDrainS = 0 };
        await edge.ApplyAsync(snapshot);
        using var call = await edge.ConnectAsync();
        await call.WriteAsync(Ask());
        await call.ReadHeadAsync();
        using var other = await edge.ConnectAsync();
        await other.WriteAsync(Ask().Replace("/chat", "/web", StringComparison.Ordinal));
        await other.ReadHeadAsync();

        await edge.ApplyAsync(snapshot with { Services = [Leaving("calls") with { EndsItsSockets = true }, Leaving("web")] });

        // When the one is told to go, the other was looked at as well.
        await edge.UntilAsync(e => e.ClosingWebSockets == 1);
        Assert.Equal("\u0088\u0002\u0003\u00e9", await other.ReadAsync(4));
        await call.WriteAsync("\u0082\u0085\u0000\u0000\u0000\u0000hello");
        Assert.Equal("\u0082\u0085\u0000\u0000\u0000\u0000hello", await call.ReadAsync(11));

        EdgeService Leaving(string name) => new(name, false, 0, [EdgeUnderTest.Instance(name, 0, upstream.Port, draining: true)], "");
    }

    [Fact]
    public async Task A_call_outlives_a_worker_that_is_replaced_and_the_worker_ends_with_it()
    {
        await using var upstream = Echo();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        var snapshot = edge.Snapshot(("calls", [upstream.Port]), ("web", [upstream.Port]));
        await edge.ApplyAsync(snapshot with { Services = [.. snapshot.Services.Select(s => s with { HasCalls = s.Name == "calls" })] });
        using var call = await edge.ConnectAsync();
        await call.WriteAsync(Ask());
        await call.ReadHeadAsync();
        using var other = await edge.ConnectAsync();
        await other.WriteAsync(Ask().Replace("/chat", "/web", StringComparison.Ordinal));
        await other.ReadHeadAsync();

        await edge.Daemon.SendAsync(new(Drain: new(IdleGraceS: 0, DrainTimeoutS: 0, WsDrainS: 0, CallDrainS: 3600)));
        Assert.Equal("\u0088\u0002\u0003\u00e9", await other.ReadAsync(4));
        Assert.True(await other.IsClosedAsync());
        await call.WriteAsync("\u0082\u0085\u0000\u0000\u0000\u0000hello");
        Assert.Equal("\u0082\u0085\u0000\u0000\u0000\u0000hello", await call.ReadAsync(11));
        Assert.False(edge.Running.IsCompleted);

        call.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Both);
        await edge.Running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Http_1_0_knows_no_upgrades()
    {
        await using var upstream = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask().Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Null(RawConnection.Field(Assert.Single(upstream.Heads), "Upgrade"));
    }

    [Fact]
    public async Task Snapshots_about_others_do_not_touch_it()
    {
        await using var upstream = Echo();
        await using var other = RawUpstream.Ok();
        await using var edge = await EdgeUnderTest.StartAsync(("web", [upstream.Port]), ("other", [other.Port]));
        using var client = await edge.ConnectAsync();
        await client.WriteAsync(Ask());
        await client.ReadHeadAsync();
        for (var i = 0; i < 5; i++)
        {
            await edge.ApplyAsync(edge.Snapshot(("web", [upstream.Port]), ("other", i % 2 == 0 ? [] : [other.Port])) with { WsDrainS = 0 });
            await client.WriteAsync("\u0081\u0080\u0000\u0000\u0000\u0000");
            Assert.Equal("\u0081\u0080\u0000\u0000\u0000\u0000", await client.ReadAsync(6));
        }
    }

    [Fact]
    public async Task A_real_client_talks_through_it_and_is_told_1001_when_the_worker_has_drained_for_its_time_and_not_earlier()
    {
        await using var upstream = WebSocketUpstream.Echo();
        await using var edge = await EdgeUnderTest.StartAsync(upstream.Port);
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{edge.Port}/"), CancellationToken.None);
        await client.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[1024];
        var received = await client.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, received.Count));
        var begun = Stopwatch.GetTimestamp();
        await edge.Daemon.SendAsync(new(Drain: new(0, 5, 1)));
        received = await client.ReceiveAsync(buffer, CancellationToken.None);
        Assert.True(Stopwatch.GetElapsedTime(begun) >= TimeSpan.FromSeconds(1), "told before its time");
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(1001, (int)received.CloseStatus!);
        await client.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "", CancellationToken.None);
        var drained = await edge.Daemon.UntilAsync(r => r.Drained is not null);
        Assert.Equal(new EdgeDrained(0, 0), drained.Drained);
        await edge.Running;
    }
}
