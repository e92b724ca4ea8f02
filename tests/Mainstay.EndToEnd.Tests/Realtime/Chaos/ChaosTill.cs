using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>A device that does its part (tests/node/till.js), and the paper on which it counts what it did.</summary>
internal sealed class ChaosTill : IAsyncDisposable
{
    private readonly string _paper;
    private readonly Child _child;

    /// <param name="forgets">It does not do its part: it says of everything that it does not know it, and is slow, so that it is always asked in the middle of something.</param>
    public ChaosTill(ChaosStack stack, string name, int seed, bool forgets)
    {
        _paper = Path.Combine(stack.Home.Root, $"{name}.paper");
        _child = Child.Start("node", [Path.Combine(Repository.Root(), "tests/node/till.js"), new JsonObject
        {
            ["url"] = stack.Hub.ToString(), ["token"] = stack.HubToken("device", name), ["device"] = name, ["seed"] = seed, ["slowest"] = forgets ? 500 : 250, ["forgets"] = forgets,
            ["paper"] = _paper, ["store"] = Path.Combine(stack.Home.Root, $"{name}.store"),
        }.ToJsonString()], "/", []);
    }

    public Task IsWelcomeAsync() => Eventually.BecomesAsync("the till is welcome", () => Task.FromResult(_child.Out), said => said.Contains("\"welcome\"", StringComparison.Ordinal), show: said => said + _child.Err);

    public ImmutableArray<Execution> Paper => !File.Exists(_paper) ? [] :
        [.. File.ReadAllLines(_paper).Select(line => JsonNode.Parse(line)!).Select(line => new Execution((string)line["target"]!, (string)line["key"]!, (string)line["text"]!))];

    /// <summary>What it found wrong itself.</summary>
    public IEnumerable<string> Faults =>
        [.. _child.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!["fault"]).OfType<JsonNode>().Select(f => (string)f!), .. _child.HasExited ? (string[])[$"a till has ended: {_child.Err}"] : []];

    /// <summary>How it was cut off, and what it was asked about afterwards.</summary>
    public IEnumerable<string> Cuts => _child.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.Contains("welcome", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _child.DisposeAsync();
}
