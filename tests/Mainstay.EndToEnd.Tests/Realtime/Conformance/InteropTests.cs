using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>Clients of many makes, through the edge.</summary>
public sealed class InteropTests(ConformanceStack stack) : IClassFixture<ConformanceStack>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(45);

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    [InlineData("dotnet")]
    [InlineData("chromium")]
    public async Task It_speaks_to_the_hub_and_its_close_is_answered(string client)
    {
        var seen = await ForeignTalk.HaveAsync(client, Hub(client), stack.PagePort);

        Assert.Equal(("mainstay.hub.v1", Talk.CloseCode, null), (seen.Protocol, seen.Code, seen.Fault));
        Assert.Equal(["welcome", "pong"], seen.Heard.Select(h => (string?)JsonNode.Parse(h)!["t"]));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    [InlineData("dotnet")]
    [InlineData("chromium")]
    public async Task It_sees_why_the_hub_closes(string client)
    {
        var seen = await ForeignTalk.HaveAsync(client, Hub(client) with { Binary = 3 }, stack.PagePort);

        Assert.Equal((1003, null), (seen.Code, seen.Fault));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    [InlineData("dotnet")]
    [InlineData("chromium")]
    public async Task It_speaks_to_ingest_and_its_close_is_answered(string client)
    {
        var talk = new Talk(new($"ws://127.0.0.1:{stack.EdgePort}/v1/ingest"), null, stack.IngestClaim(), [Start($"interop-{client}")]);

        var seen = await ForeignTalk.HaveAsync(client, talk, stack.PagePort);

        Assert.Equal((Talk.CloseCode, null), (seen.Code, seen.Fault));
        Assert.Equal(["started"], seen.Heard.Select(h => (string?)JsonNode.Parse(h)!["event"]));
    }

    [Fact]
    public async Task Wscat_hears_both()
    {
        var hub = await WscatAsync("/hub", stack.HubToken(), """{"t":"hello"}""", "-s", "mainstay.hub.v1");
        var ingest = await WscatAsync("/v1/ingest", stack.IngestClaim(), Start("interop-wscat"));

        Assert.Contains("\"t\":\"welcome\"", hub, StringComparison.Ordinal);
        Assert.Contains("\"event\":\"started\"", ingest, StringComparison.Ordinal);
    }

    private static string Start(string interaction) => $$"""{"event":"start","interaction_id":"{{interaction}}","tenant_id":"tenant-a","sample_rate":16000,"encoding":"pcm16"}""";

    /// <summary>A browser is a browser: its token is for the web.</summary>
    private Talk Hub(string client) => new(
        new($"ws://127.0.0.1:{stack.EdgePort}/hub"), "mainstay.hub.v1", stack.HubToken(client == "chromium" ? "web" : "backend", $"interop-{client}"), ["""{"t":"hello"}""", """{"t":"ping","n":1}"""]);

    private async Task<string> WscatAsync(string path, string token, string say, params string[] more)
    {
        // It ends with its input, which is a pipe that nobody writes into and nobody ends.
        var pipe = Path.Combine(stack.Home.Root, "wscat-" + (more.Length > 0 ? "hub" : "ingest"));
        var program = Path.Combine(Repository.Root(), "tests/node/node_modules/.bin/wscat");
        string[] arguments = [program, "-c", $"ws://127.0.0.1:{stack.EdgePort}{path}", "-H", $"Authorization: Bearer {token}", "-x", say, "-w", "1", .. more];
        await using var wscat = Child.Start("bash", ["-c", "mkfifo \"$0\" && exec \"$@\" 0<>\"$0\"", pipe, .. arguments], "/", []);
        var result = await wscat.ExitAsync(s_deadline);
        return result.Out + result.Err;
    }
}
