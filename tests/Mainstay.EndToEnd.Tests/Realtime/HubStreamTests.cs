using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;
using Mainstay.Testing;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Results as streams, and compressed sockets, through the edge and with clients that are not ours.</summary>
public sealed class HubStreamTests : IDisposable
{
    private readonly string _paper = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_paper);

    [Fact]
    public async Task What_becomes_of_requests_is_read_as_it_happens_and_goes_on_where_it_was_until_the_hub_ends()
    {
        await using var stack = await HubStack.UpAsync("HUB_PING: 1s");
        await using (var known = stack.Device())
        {
            await known.HearsAsync("welcome");
        }

        await using var all = Events(stack, "/_hub/requests");
        await HearsAsync(all, e => (string?)e["event"] == "resume" && !e["data"]!["resumed"]!.GetValue<bool>());
        var (status, asked) = await stack.AskAsync("order-1", wait: 0);
        Assert.Equal(202, status);
        var path = $"/_hub/requests/{asked["request"]}";
        await using var one = Events(stack, path);
        await using var curl = Child.Start("curl", ["-sN", "-H", "Accept: text/event-stream", "-H", $"Authorization: Bearer {stack.Token("backend", "shop")}", $"http://127.0.0.1:{stack.Port}{path}"], Path.GetTempPath(), []);

        // Each event is here while the stream is open: nothing on the way holds it back.
        await HearsAsync(one, e => (string?)e["data"]!["state"] == "queued");
        var first = await HearsAsync(all, e => (string?)e["data"]!["key"] == "order-1" && (string?)e["data"]!["state"] == "queued");
        await Eventually.BecomesAsync("curl shows a comment", () => Task.FromResult(curl.Out), text => text.Contains("\n:\n", StringComparison.Ordinal));
        await using var till = stack.Device(more: new() { ["paper"] = _paper });
        await HearsAsync(one, "end");
        Assert.Equal(["queued", "sent", "accepted", "done"], one.Of("event").Select(e => (string?)e["data"]!["state"]));
        Assert.Equal(0, (await curl.ExitAsync(TimeSpan.FromSeconds(30))).ExitCode);
        Assert.Equal(4, curl.Out.Split("\ndata: ").Length - 1);

        await using var again = Events(stack, "/_hub/requests", (string?)first["id"]);
        await HearsAsync(again, e => (string?)e["event"] == "resume" && e["data"]!["resumed"]!.GetValue<bool>());
        await HearsAsync(again, e => (string?)e["data"]!["state"] == "done");
        Assert.Equal(["sent", "accepted", "done"], again.Of("event").Skip(1).Select(e => (string?)e["data"]!["state"]));
        await using var over = Events(stack, path, (string?)one.Of("event")[^1]["id"]);
        Assert.Equal(204, (await over.HearsAsync("answer"))["status"]!.GetValue<int>());

        // A stop says goodbye, and no stream is cut in the middle of a word.
        (await stack.Home.RunAsync("stop", "hub")).MustExit(0);
        await HearsAsync(again, "end");
        Assert.Equal("drain", (string?)again.Of("event")[^1]["event"]);
        Assert.Null(again.Of("end").Single()["fault"]);
    }

    [Fact]
    public async Task Compression_is_agreed_with_clients_that_offer_it_and_a_bomb_costs_what_a_message_may()
    {
        await using var stack = await HubStack.UpAsync("HUB_COMPRESSION: \"true\"");
        var text = string.Concat(Enumerable.Repeat("soup and bread ", 5000));
        foreach (var client in (string[])["node", "python"])
        {
            await using var reader = stack.Backend(client, new() { ["extensions"] = true, ["say"] = new JsonArray(JsonNode.Parse($$"""{"t":"sub","id":"s","room":"{{client}}"}""")) });
            await reader.HearsAsync("ok");
            Assert.Contains("permessage-deflate", (string?)reader.Of("extensions").Single()["value"], StringComparison.OrdinalIgnoreCase);
            await using var writer = stack.Backend(client, new() { ["say"] = new JsonArray(new JsonObject { ["t"] = "pub", ["id"] = "p", ["room"] = client, ["data"] = text }) });
            Assert.Equal(text, (string?)(await reader.HearsAsync("evt"))["data"]);
        }

        var pid = (await stack.Home.StatusAsync())["hub"].Only.Process.Pid;
        var before = Peak(pid);
        for (var i = 0; i < 3; i++)
        {
            var call = new JsonObject { ["host"] = "127.0.0.1", ["port"] = stack.Port, ["token"] = stack.Token("backend", "bomber") };
            await using var bomber = Child.Start(TestServices.PythonProgram, [Path.Combine(Repository.Root(), "tests/python/bomb.py"), call.ToJsonString()], Path.GetTempPath(), []);
            await bomber.ExitAsync(TimeSpan.FromSeconds(60));
            var told = JsonNode.Parse(bomber.Out)!;
            Assert.Equal((true, 1009), (told["agreed"]!.GetValue<bool>(), told["code"]!.GetValue<int>()));
        }

        // 3 GB were sent; what the runtime has in reserve for 256 KiB at a time is far below this.
        Assert.InRange(Peak(pid) - before, 0, 32 << 20);
        Assert.Equal(200, (await stack.PostAsync("/_hub/rooms/orders/events", """{"data":1}""")).Status);
    }

    private static HubForeignClient Events(HubStack stack, string path, string? last = null) => HubForeignClient.Run(
        "node", "tests/node/events.js", new() { ["url"] = $"http://127.0.0.1:{stack.Port}{path}", ["token"] = stack.Token("backend", "shop"), ["last"] = last });

    private static Task<JsonNode> HearsAsync(HubForeignClient reader, Func<JsonNode, bool> which) => reader.HearsAsync("event", which);

    private static Task<JsonNode> HearsAsync(HubForeignClient reader, string kind) => reader.HearsAsync(kind);

    /// <summary>The most memory that the process ever had, in bytes.</summary>
    private static long Peak(int pid) =>
        long.Parse(File.ReadLines($"/proc/{pid}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))[6..^2].Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
