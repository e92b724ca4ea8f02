using Mainstay.Harness;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Support;

/// <summary>A judge that sees nothing acquits everyone: the load, the stream and the socket must notice what is lost.</summary>
public sealed class JudgeTests
{
    private readonly int _port = FreePort.Take();

    private async Task<Child> AppAsync()
    {
        var app = Child.Start("node", [Path.Combine(Repository.Root(), "tests/node/app.js")], "/", [("PORT", $"{_port}")]);
        await Eventually.TrueAsync("the app listens", () => app.Out.Contains("listening", StringComparison.Ordinal));
        return app;
    }

    [Fact]
    public async Task A_load_on_a_healthy_service_loses_nothing()
    {
        await using var app = await AppAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port) with { SlowPath = "/slow", SlowFrom = TimeSpan.FromSeconds(0.2), SlowTo = TimeSpan.FromSeconds(0.4) });

        await load.FlowsAsync(500);

        var report = (await load.StopAsync()).MustHaveLostNothing();
        Assert.Equal([app.Pid], report.Pids);
        Assert.True(report.GoodSlow >= 4);
    }

    [Fact]
    public async Task A_killed_service_shows_as_cut_requests_and_refused_connections()
    {
        await using var app = await AppAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port) with { SlowPath = "/slow" });
        await load.FlowsAsync();

        app.Send(Signal.Kill);
        await Eventually.TrueAsync("losses are seen", () => load.LostSoFar > 50);

        var kinds = (await load.StopAsync()).LostByKind;
        Assert.True(kinds.GetValueOrDefault(FailureKind.Refused) > 0, string.Join(", ", kinds));
        Assert.True(kinds.GetValueOrDefault(FailureKind.Reset) + kinds.GetValueOrDefault(FailureKind.Unanswered) > 0, string.Join(", ", kinds));
    }

    [Theory]
    [InlineData("/abort", FailureKind.Unanswered)]
    [InlineData("/status?code=503", FailureKind.BadStatus)]
    [InlineData("/hang", FailureKind.TimedOut)]
    public async Task Each_way_to_lose_a_request_is_told_apart(string path, FailureKind kind)
    {
        await using var app = await AppAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, path, connections: 2) with { Timeout = TimeSpan.FromSeconds(0.3) });

        await Eventually.TrueAsync("losses are seen", () => load.LostSoFar >= 4);

        Assert.Equal([kind], (await load.StopAsync()).LostByKind.Keys);
    }

    [Fact]
    public async Task A_stream_and_a_socket_that_are_cut_say_so()
    {
        await using var app = await AppAsync();
        var stream = EventStream.ReadAsync(new($"http://127.0.0.1:{_port}/events?count=100&every=50"), 100, TestContext.Current.CancellationToken);
        await using var socket = await TalkingSocket.OpenAsync(new($"ws://127.0.0.1:{_port}/ws"), TestContext.Current.CancellationToken);
        await socket.TalksAsync();

        app.Send(Signal.Kill);

        Assert.False((await stream).Complete);
        Assert.Null((await socket.Ended).Code);
    }
}
