using System.Net;
using System.Net.Sockets;
using System.Text;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Edge;

public sealed class StreamingTests
{
    private readonly int _port = FreePort.Take();

    private MainstayHome Create() => MainstayHome.Create($$"""
        stack: streams
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
        services: { web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
        routes: [ { path: /, service: web } ]

        """);

    [Fact(Timeout = 30_000)]
    public async Task Server_sent_events_arrive_one_by_one()
    {
        await using var home = Create();
        await home.UpAsync();

        var report = await EventStream.ReadAsync(new($"http://127.0.0.1:{_port}/events?count=20&every=100"), 20, TestContext.Current.CancellationToken);

        Assert.True(report.Complete, report.ToString());
        Assert.True(report.FirstAfter < TimeSpan.FromSeconds(1) && report.LongestSilence < TimeSpan.FromSeconds(1), report.ToString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_body_reaches_the_service_while_it_is_still_being_sent()
    {
        await using var home = Create();
        await home.UpAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();

        // The service answers with what it receives, so the first piece can come back only while the rest is not yet sent.
        await SendAsync("POST /echo HTTP/1.1\r\nHost: a.example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        await HearAsync("first");
        await SendAsync("8\r\nand rest\r\n0\r\n\r\n");
        await HearAsync("and rest");

        Task SendAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

        async Task HearAsync(string text)
        {
            var (heard, buffer) = ("", new byte[4096]);
            while (!heard.Contains(text, StringComparison.Ordinal))
            {
                var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
                Assert.True(count > 0, $"closed after: {heard}");
                heard += Encoding.ASCII.GetString(buffer, 0, count);
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_large_body_comes_back_whole()
    {
        await using var home = Create();
        await home.UpAsync();
        var sent = new byte[20_000_000];
        new Random(1).NextBytes(sent);
        using var client = new HttpClient();

        using var content = new ByteArrayContent(sent);
        using var response = await client.PostAsync(new Uri($"http://127.0.0.1:{_port}/store"), content, TestContext.Current.CancellationToken);

        Assert.Equal(sent, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_websocket_talks_through_the_edge_and_closes_as_its_ends_agree()
    {
        await using var home = Create();
        await home.UpAsync();
        await using var socket = await TalkingSocket.OpenAsync(new($"ws://127.0.0.1:{_port}/ws"), TestContext.Current.CancellationToken);

        await socket.TalksAsync(10);

        var report = await socket.CloseAsync();
        Assert.Equal(1000, report.Code);
        Assert.True(report.Echoes >= 10);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_that_goes_away_ends_its_request_at_the_service()
    {
        await using var home = Create();
        await home.UpAsync();
        using (var client = new HttpClient())
        using (var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(500)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{_port}/hang"), leaving.Token));
        }

        // Were the request still counted as under way, this stop would wait for it.
        var stop = (await home.RunAsync("stop", "web")).MustExit(0);
        Assert.True(stop.Took < TimeSpan.FromSeconds(5), $"{stop.Took}");
    }
}
