using System.Globalization;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>
/// Broker, ingest, hub, edge and daemon are killed at random moments, under calls and requests; then everything that was promised must be so. One seed is one history.
/// MAINSTAY_SEED=n runs one; MAINSTAY_SEEDS=n says how many, MAINSTAY_SEEDS=n..m which.
/// </summary>
[Collection(nameof(Alone))]
public sealed class RealtimeChaosTests(ITestOutputHelper output)
{
    private const int InCi = 2;

    /// <summary>After the last victim is back. A service that was killed many times waits a few seconds before it is started again.</summary>
    private static readonly TimeSpan s_healing = TimeSpan.FromSeconds(15);

    public static TheoryData<int> Seeds => [.. Wanted()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_is_killed_acked_frames_are_in_the_stream_and_requests_are_done_once(int seed)
    {
        var plan = ChaosPlan.Of(seed);
        await using var stack = await ChaosStack.UpAsync(plan);
        var storm = new ChaosStorm(stack, plan);
        try
        {
            var history = await LiveAsync(stack, storm, plan);
            var findings = ChaosJudge.Findings(history);
            storm.Tell($"{history.Calls.Sum(c => c.Acked)} frames acknowledged, {history.Stream.Length} in the stream; {history.Requests.Length} requests, {history.Requests.Sum(r => r.Answers.Length)} answers, {history.Paper.Length} done; {history.Room.Heard.Length} events");
            Assert.True(findings.IsEmpty, string.Join('\n', findings));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new HarnessException($"MAINSTAY_SEED={seed}: {e.Message}\n{string.Join('\n', storm.Story)}\n{await LogsAsync(stack)}", e);
        }
        finally
        {
            output.WriteLine(string.Join('\n', storm.Story));
        }
    }

    /// <summary>The judge sees what really happens: who does not do its part is found out in the same storm.</summary>
    [Fact]
    public async Task A_broker_and_devices_that_forget_are_found_out()
    {
        var plan = new ChaosPlan(0, "redis_streams", [new(TimeSpan.FromSeconds(1), [Victim.Broker, Victim.Hub], TimeSpan.Zero), new(TimeSpan.FromSeconds(3), [Victim.Hub], TimeSpan.Zero)], Forgets: true);
        await using var stack = await ChaosStack.UpAsync(plan);
        var storm = new ChaosStorm(stack, plan);

        var findings = ChaosJudge.Findings(await LiveAsync(stack, storm, plan));

        output.WriteLine(string.Join('\n', [.. storm.Story, .. findings]));
        Assert.Contains(findings, f => f.Contains("but not in the stream: 1-", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Contains("504 unknown", StringComparison.Ordinal) || f.Contains("done 2 times", StringComparison.Ordinal));
    }

    private static async Task<ChaosHistory> LiveAsync(ChaosStack stack, ChaosStorm storm, ChaosPlan plan)
    {
        var (token, seed) = (TestContext.Current.CancellationToken, plan.Seed);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(token);
        await using ChaosTill till = new(stack, "till-1", seed, plan.Forgets), bar = new(stack, "till-2", seed + 1, plan.Forgets);
        await using var room = new ChaosRoom(stack);
        using ChaosBackend shop = new(stack, "shop", "till-1", "", seed), drawer = new(stack, "drawer", "till-1", "drawer", seed + 1), kitchen = new(stack, "kitchen", "till-2", "", seed + 2);
        await Task.WhenAll(till.IsWelcomeAsync(), bar.IsWelcomeAsync(), room.IsInAsync());
        await using var calls = new ChaosCalls(stack);
        var busy = Task.WhenAll(shop.AskAsync(enough.Token), drawer.AskAsync(enough.Token), kitchen.AskAsync(enough.Token), room.PublishAsync(enough.Token));
        await Task.WhenAll(calls.FlowAsync(), room.FlowsAsync());

        storm.Begin();
        await storm.RunAsync(token);
        await stack.IsHealthyAsync(s_healing);
        storm.Tell("all is healthy");

        await enough.CancelAsync();
        await busy;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(token);
        patience.CancelAfter(s_healing * 2);
        await Task.WhenAll(calls.EndAsync(), shop.EndAsync(patience.Token), drawer.EndAsync(patience.Token), kitchen.EndAsync(patience.Token), room.EndAsync(s_healing));
        await stack.IsHealthyAsync(s_healing);
        foreach (var cuts in till.Cuts.Concat(bar.Cuts).GroupBy(cut => cut))
        {
            storm.Tell($"{cuts.Count()} times a till saw {cuts.Key}");
        }

        var (frames, gaps) = await stack.StreamAsync(calls.Audio);
        return new(
            [.. calls.Seen], frames, gaps, [.. shop.Seen, .. drawer.Seen, .. kitchen.Seen], [.. till.Paper, .. bar.Paper], room.Seen,
            [.. calls.Faults, .. till.Faults, .. bar.Faults, .. room.Faults]);
    }

    private static async Task<string> LogsAsync(ChaosStack stack)
    {
        try
        {
            var lines = await Task.WhenAll(((string[])["ingest", "hub"]).Select(async name => $"--- {name}\n{string.Join('\n', (await stack.Home.LogsAsync(name, 100)))}"));
            return $"{(await stack.Home.RunAsync("status")).Screen}\n{string.Join('\n', lines)}";
        }
        catch (HarnessException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<int> Wanted()
    {
        var (one, many) = (Environment.GetEnvironmentVariable("MAINSTAY_SEED"), Environment.GetEnvironmentVariable("MAINSTAY_SEEDS"));
        if (one is { Length: > 0 })
        {
            return [Number(one)];
        }

        if (many is not { Length: > 0 })
        {
            return Enumerable.Range(1, InCi);
        }

        var (first, last) = many.Split("..") is [var from, var to] ? (Number(from), Number(to)) : (1, Number(many));
        return Enumerable.Range(first, last - first + 1);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
