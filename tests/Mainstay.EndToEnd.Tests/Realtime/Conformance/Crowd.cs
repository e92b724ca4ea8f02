using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>What thousands of clients saw so far.</summary>
/// <param name="Closes">How many were closed, by code.</param>
/// <param name="Unequal">Those whose close did not say the same as their drain.</param>
/// <param name="Retries">How many were told to come back, by the seconds after which.</param>
/// <param name="Returns">How many came, by seconds since the first was closed.</param>
/// <param name="Again">Times that one had to ask again.</param>
internal sealed record CrowdView(string What, int Welcome, int Drained, Dictionary<string, int> Closes, int Unequal, int?[] Retries, int?[] Returns, int Again, int Back, int TookMs)
{
    public override string ToString() =>
        $"{What}: {Welcome} welcome, {Drained} drained, closes {string.Join(", ", Closes.Select(c => $"{c.Value} x {c.Key}"))} within {TookMs} ms, {Unequal} unequal, told to return by second [{Shown(Retries)}], returned by second [{Shown(Returns)}], asked again {Again}, back {Back}";

    private static string Shown(int?[] histogram) => string.Join(' ', histogram.Select(n => n ?? 0));
}

/// <summary>Thousands of clients of one service in a process of Node's.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int AtOnce = 150;
    private static readonly JsonSerializerOptions s_names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly Child _child;

    private Crowd(Child child) => _child = child;

    public static async Task<Crowd> ComeAsync(ConformanceStack stack, string service, int count)
    {
        var isHub = service == "hub";
        var call = new JsonObject
        {
            ["url"] = $"ws://127.0.0.1:{stack.EdgePort}{(isHub ? "/hub" : "/v1/ingest")}",
            ["protocol"] = isHub ? "mainstay.hub.v1" : null,
            ["token"] = isHub ? stack.HubToken() : stack.IngestClaim(),
            ["welcome"] = isHub ? "welcome" : "started",
            ["say"] = new JsonArray(isHub ? """{"t":"hello"}""" : """{"event":"start","interaction_id":"crowd-{n}","tenant_id":"tenant-a","sample_rate":16000,"encoding":"pcm16"}"""),
            ["count"] = count,
            ["atOnce"] = AtOnce,
        };
        var crowd = new Crowd(Child.Start("node", [Path.Combine(Repository.Root(), "tests/node/crowd.js"), call.ToJsonString()], Path.GetTempPath(), []));
        await crowd.IsAsync("ready");
        return crowd;
    }

    /// <summary>Waits for that line.</summary>
    public async Task<CrowdView> IsAsync(string what) => (await Eventually.BecomesAsync(
        $"the crowd is {what}", () => Task.FromResult(Views().FirstOrDefault(v => v.What == what)), view => view is not null, s_patience, _ => $"{string.Join('\n', Views().Select(v => $"{v}"))}\n{_child.Err}"))!;

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private IEnumerable<CrowdView> Views() => _child.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<CrowdView>(line, s_names)!);
}
