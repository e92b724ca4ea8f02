using System.Text.Json;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>A connection to a hub by a client that is not ours, told as it saw it.</summary>
internal sealed class HubForeignClient : IAsyncDisposable
{
    private HubForeignClient(Child child) => Child = child;

    public Child Child { get; }

    /// <summary>All that it got so far, in order.</summary>
    public JsonNode[] Heard => [.. Child.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith('{') && l.EndsWith('}')).Select(l => JsonNode.Parse(l)!)];

    /// <param name="client">node or python.</param>
    /// <param name="more">What is special about it; the scripts say what there is.</param>
    public static HubForeignClient Start(HubStack stack, string client, string token, JsonObject hello, JsonObject? more)
    {
        hello["t"] = "hello";
        var call = more ?? [];
        call["url"] = $"ws://127.0.0.1:{stack.Port}/hub";
        call["token"] = token;
        call["hello"] = hello;
        var (program, script) = client == "node" ? ("node", "tests/node/hub.js") : (TestServices.PythonProgram, "tests/python/hub.py");
        return new(Child.Start(program, [Path.Combine(Repository.Root(), script), call.ToJsonString()], Path.GetTempPath(), []));
    }

    /// <summary>A script of its own, with its argument.</summary>
    public static HubForeignClient Run(string program, string script, JsonObject call) => new(Child.Start(program, [Path.Combine(Repository.Root(), script), call.ToJsonString()], Path.GetTempPath(), []));

    public JsonNode[] Of(string kind) => [.. Heard.Where(m => (string?)m["t"] == kind)];

    public async Task<JsonNode> HearsAsync(string kind, Func<JsonNode, bool>? which = null, TimeSpan? deadline = null) =>
        (await Eventually.BecomesAsync(
            $"{kind} is heard", () => Task.FromResult(Of(kind).FirstOrDefault(m => which is null || which(m))), m => m is not null, deadline, _ => $"{Child.Out}\n{Child.Err}"))!;

    public ValueTask DisposeAsync() => Child.DisposeAsync();
}
