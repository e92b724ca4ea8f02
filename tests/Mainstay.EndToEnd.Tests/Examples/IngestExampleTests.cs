using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Network;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Examples;

/// <summary>The walk through examples/ingest: calls of a carrier while everything behind them is replaced.</summary>
public sealed class IngestExampleTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly int _port = FreePort.Take();

    [Fact]
    public async Task Twenty_calls_live_through_a_deploy_and_the_listener_hears_every_frame()
    {
        await using var calls = await DeployedAsync();
        await using var carrier = Carrier(calls, count: 20, seconds: 60);
        await OpenCallsAsync(20);
        var before = (await calls.Home.StatusAsync())["ingest"].Only.Process;

        calls.Change("listener/package.json", "1.0.0", "1.1.0");
        calls.Change("mainstay.yaml", "CALL_DRAIN: 60m", "CALL_DRAIN: 30m");
        (await calls.DeployAsync()).MustExit(0);

        var after = (await calls.Home.StatusAsync())["ingest"].Instances.Select(i => i.Process).Where(p => p != before).ToArray();
        Assert.False(carrier.HasExited, "the calls ended before the deploy did; there was nothing to see");
        Assert.True(before.IsAlive, "the process of the calls stays until they end");
        Assert.Single(after);
        await using (var late = Carrier(calls, count: 2, seconds: 1))
        {
            (await late.ExitAsync(s_limit)).MustExit(0);
        }

        var told = JsonNode.Parse((await carrier.ExitAsync(TimeSpan.FromSeconds(90))).MustExit(0).Out)!;
        Assert.Equal(0, told["cut"]!.GetValue<int>());
        await Eventually.TrueAsync("the process of the calls has ended with them", () => !before.IsAlive, s_limit);
        var sent = told["calls"]!.AsArray().ToDictionary(c => c!["call"]!.GetValue<string>(), c => c!["sent"]!.GetValue<long>());
        Assert.Equal(20, sent.Count);
        await Eventually.BecomesAsync(
            "the listener has every frame",
            async () => (await Web.GetAsync(_port, "/calls")).Json.AsArray(),
            heard => sent.All(call => heard.Any(h => h!["interaction"]!.GetValue<string>() == call.Key && h["frames"]!.GetValue<long>() == call.Value && h["missing"]!.GetValue<long>() == 0)),
            s_limit,
            show: heard => $"sent {JsonSerializer.Serialize(sent)}, heard {heard.ToJsonString()}");
    }

    [Fact]
    public async Task Whoever_takes_it_down_does_not_wait_for_calls()
    {
        await using var calls = await DeployedAsync();
        await using var carrier = Carrier(calls, count: 3, seconds: 600);
        await OpenCallsAsync(3);
        var before = (await calls.Home.StatusAsync())["ingest"].Only.Process;
        (await calls.Home.RunAsync("reload", "ingest")).MustExit(0);
        Assert.True(before.IsAlive, "the process of the calls stays until they end");
        (await calls.Home.RunAsync("status")).MustExit(0).MustShow("3 WebSockets in flight, which it ends itself within");

        (await calls.Home.RunAsync(s_limit, "down")).MustExit(0);

        Assert.False(before.IsAlive);
        var told = JsonNode.Parse((await carrier.ExitAsync(s_limit)).Out)!;
        Assert.All(told["calls"]!.AsArray(), call => Assert.Equal(1012, call!["close_code"]!.GetValue<int>()));
    }

    private async Task<ExampleCopy> DeployedAsync()
    {
        var calls = ExampleCopy.Of("ingest", ("8093", $"{_port}"), ("6391", $"{FreePort.Take()}"), ("bake: 10s", "bake: 3s"));
        await calls.RunAsync("sh", "prepare.sh");
        (await calls.DeployAsync()).MustExit(0);
        return calls;
    }

    private Child Carrier(ExampleCopy calls, int count, int seconds)
    {
        var basic = calls.Text("env/ingest.env").Split('\n').Single(line => line.StartsWith("BASIC_AUTH=", StringComparison.Ordinal))["BASIC_AUTH=".Length..];
        return calls.Home.Start(
            "realtime", "sim", "exotel", "--url", $"ws://127.0.0.1:{_port}/v1/ingest/exotel", "--basic", basic, "--calls", $"{count}", "--seconds", $"{seconds}", "--json");
    }

    private Task<JsonNode> OpenCallsAsync(int count) => Eventually.BecomesAsync(
        $"{count} calls are open", async () => (await Web.GetAsync(_port, "/health")).Json, health => health["calls"]?.GetValue<int>() == count, s_limit, show: health => health.ToJsonString());
}
