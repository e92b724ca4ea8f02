using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Reloading;

/// <summary>Streams end when they are over; WebSockets are told to go, politely and late.</summary>
[Collection(nameof(Alone))]
public sealed class LongLivedTests
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(3);

    private readonly int _port = FreePort.Take();

    private string Manifest(string port = "auto") => $$"""
        stack: long
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ], ws_drain: {{Drain.TotalSeconds:0}}s }
        services: { web: { command: {{TestServices.Node}}, port: {{port}}, healthcheck: {{TestServices.Quick}}, stop: { grace: 10s } } }
        routes: [ { path: /, service: web } ]

        """;

    private Uri Url(string scheme, string path) => new($"{scheme}://127.0.0.1:{_port}{path}");

    [Fact]
    public async Task An_event_stream_runs_to_its_end_across_a_reload()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();
        var stream = EventStream.ReadAsync(Url("http", "/events?count=50&every=100"), 50, TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        (await home.RunAsync("reload", "web")).MustExit(0);

        var report = await stream;
        Assert.True(report.Complete, report.ToString());
        Assert.True(report.LongestSilence < TimeSpan.FromSeconds(1), report.ToString());
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("inherit")]
    public async Task A_websocket_talks_on_until_its_drain_and_is_then_closed_with_1001(string port)
    {
        await using var home = MainstayHome.Create(Manifest(port));
        await home.UpAsync();
        await using var old = await TalkingSocket.OpenAsync(Url("ws", "/ws"), TestContext.Current.CancellationToken);
        await old.TalksAsync();

        var reload = home.RunAsync("reload", "web");
        var ended = await old.Ended;
        (await reload).MustExit(0);

        Assert.True(ended.Code == 1001, ended.ToString());
        Assert.InRange(ended.Lived, Drain, Drain * 4);

        await using var next = await TalkingSocket.OpenAsync(Url("ws", "/ws"), TestContext.Current.CancellationToken);
        await next.TalksAsync();
        Assert.True(next.IsOpen);
    }

    [Fact]
    public async Task A_websocket_of_another_service_notices_nothing()
    {
        await using var home = MainstayHome.Create($$"""
            stack: long
            edge: { listen: [ "http://127.0.0.1:{{_port}}" ], ws_drain: 1s }
            services:
              web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} }
              chat: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} }
            routes: [ { path: /, service: web }, { path: /chat, service: chat } ]

            """);
        await home.UpAsync();
        await using var socket = await TalkingSocket.OpenAsync(Url("ws", "/chat/ws"), TestContext.Current.CancellationToken);

        (await home.RunAsync("reload", "web")).MustExit(0);
        await socket.TalksAsync(20);

        Assert.Equal(1000, (await socket.CloseAsync()).Code);
    }

    [Fact]
    public async Task What_is_in_flight_ends_well_although_its_service_and_its_route_leave_the_manifest()
    {
        await using var home = MainstayHome.Create(Manifest());
        await home.UpAsync();
        var slow = Web.GetAsync(_port, "/slow?ms=2000");
        await Task.Delay(300, TestContext.Current.CancellationToken);

        home.Declare($$"""
            stack: long
            edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
            services: { other: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} } }
            routes: [ { path: /, service: other } ]

            """);
        await home.UpAsync();

        Assert.Equal(200, (int)(await slow).Status);
        Assert.Equal(200, await Web.StatusAsync(_port));
    }

    [Fact]
    public async Task A_service_that_no_route_names_is_stopped_without_waiting_for_the_edge()
    {
        await using var home = MainstayHome.Create($$"""
            stack: long
            edge: { listen: [ "http://127.0.0.1:{{_port}}" ] }
            services:
              web: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} }
              inner: { command: {{TestServices.Node}}, healthcheck: {{TestServices.Quick}} }
            routes: [ { path: /, service: web } ]

            """);
        await home.UpAsync();
        var began = TimeProvider.System.GetTimestamp();

        (await home.RunAsync("stop", "inner")).MustExit(0);

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5), "it waited for a drain that nobody can report");
    }
}
