using System.Diagnostics;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Load;
using Mainstay.Harness.Network;
using Mainstay.Harness.Product;

namespace Mainstay.EndToEnd.Tests.Deaths;

/// <summary>The data plane is killed or replaced; its listening sockets belong to nobody's life but the stack's.</summary>
[Collection(nameof(Alone))]
public sealed class EdgeDeathTests
{
    private readonly int _port = FreePort.Take();

    private string Manifest => $$"""
        stack: edges
        edge: { listen: [ "http://127.0.0.1:{{_port}}" ], ws_drain: 2s }
        services: { web: { command: {{TestServices.Node}}, instances: 2, healthcheck: {{TestServices.Quick}} } }
        routes: [ { path: /, service: web } ]

        """;

    [Fact]
    public async Task A_killed_edge_refuses_no_connection_and_a_new_one_serves_within_a_second()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        List<TimeSpan> gaps = [];
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port, connections: 8));
        await load.FlowsAsync();

        for (var i = 0; i < 3; i++)
        {
            var edge = (await home.StatusAsync()).Edge.Pid!.Value;
            await MainstayHome.KillAsync(edge);
            var killed = Stopwatch.GetTimestamp();
            Assert.Equal(200, await Web.StatusAsync(_port));
            gaps.Add(Stopwatch.GetElapsedTime(killed));
            await home.BecomesAsync("another edge runs", s => s.Edge is { State: "running", Pid: { } pid } && pid != edge);
            await load.FlowsAsync();
        }

        var report = await load.StopAsync();
        Assert.False(report.LostByKind.ContainsKey(FailureKind.Refused), report.ToString());

        // What was inside the killed process died with it, at most one request per connection and kill; nothing else may.
        Assert.InRange(report.Lost.Count, 0, 3 * 8);
        Assert.True(gaps.Min() < TimeSpan.FromSeconds(1), string.Join(", ", gaps));
    }

    [Fact]
    public async Task An_edge_killed_while_no_daemon_runs_is_replaced_by_the_next_command()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        var before = await home.KillDaemonAsync();
        await MainstayHome.KillAsync(before.Edge.Pid!.Value);

        await home.BecomesAsync("a new edge runs", s => s.Edge.State == "running" && s.Edge.Pid != before.Edge.Pid);

        Assert.Equal(200, await Web.StatusAsync(_port));
        Assert.Equal(before.ServicePids, (await home.StatusAsync()).ServicePids);
    }

    [Fact]
    public async Task Replacing_the_edge_drops_no_request_no_stream_and_no_socket_before_its_drain()
    {
        await using var home = MainstayHome.Create(Manifest);
        await home.UpAsync();
        await using var load = RunningLoad.Start(LoadPlan.Loopback(_port) with { SlowPath = "/slow" });
        var stream = EventStream.ReadAsync(new($"http://127.0.0.1:{_port}/events?count=60&every=100"), 60, TestContext.Current.CancellationToken);
        await using var socket = await TalkingSocket.OpenAsync(new($"ws://127.0.0.1:{_port}/ws"), TestContext.Current.CancellationToken);
        await socket.TalksAsync();
        await load.FlowsAsync();

        for (var i = 0; i < 3; i++)
        {
            var before = (await home.StatusAsync()).Edge.Pid;
            (await home.RunAsync("edge", "reload")).MustExit(0);
            Assert.NotEqual(before, (await home.StatusAsync()).Edge.Pid);
            await load.FlowsAsync();
        }

        var (streamed, socketed) = (await stream, await socket.CloseAsync());
        (await load.StopAsync()).MustHaveLostNothing();
        Assert.True(streamed.Complete, streamed.ToString());
        Assert.True(socketed.Code is 1000 or 1001, socketed.ToString());
        Assert.True(socketed.Code == 1000 || socketed.Lived > TimeSpan.FromSeconds(2), socketed.ToString());
        await Eventually.TrueAsync("the old edges are gone", () => home.Processes().Count(p => p.CommandLine.Contains(" edge", StringComparison.Ordinal)) == 1);
    }
}
