using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>What a gateway of this kind got wrong before: who somebody is was what they said, and answers went to whoever listened. With clients that are not ours.</summary>
public sealed class HubIsolationTests : IDisposable
{
    private readonly string _paper = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_paper);

    [Fact]
    public async Task C14_Nothing_of_one_branch_is_seen_in_another()
    {
        await using var stack = await HubStack.UpAsync();
        static JsonObject All() => new() { ["say"] = Say("""{"t":"sub","id":"s","room":"orders"}""", """{"t":"watch","id":"w","of":"*"}""") };
        await using var mine = stack.Device("till-north", more: new() { ["paper"] = _paper, ["say"] = Say("""{"t":"status","of":"printer:north","data":"secret"}""") });
        await using var other = stack.Device("till-south", branch: "south", client: "python", more: new() { ["say"] = Say("""{"t":"status","of":"printer:south","data":"own"}""") });
        await using var spy = stack.Backend("python", All(), branch: "south");
        await using var here = stack.Backend("node", All());
        await Task.WhenAll(mine.HearsAsync("welcome"), other.HearsAsync("welcome"), StateAsync(spy, "printer:south"), StateAsync(here, "printer:north"));
        Assert.Equal(200, (await stack.AskAsync("order-1", device: "till-north")).Status);
        await stack.PostAsync("/_hub/rooms/orders/events", """{"data":"secret"}""");
        await here.HearsAsync("evt");

        // Whatever would come has come before the answer to what was asked behind it.
        await stack.PostAsync("/_hub/rooms/orders/events", """{"data":"own"}""", "south");
        await spy.HearsAsync("evt", e => (string?)e["data"] == "own");
        mine.Child.Send(Signal.Kill);
        await here.HearsAsync("state", s => s["items"]!.AsArray().Any(i => (string?)i!["of"] == "device:till-north" && i["online"]!.GetValue<bool>() is false));
        await stack.PostAsync("/_hub/rooms/orders/events", """{"data":"last"}""", "south");
        await spy.HearsAsync("evt", e => (string?)e["data"] == "last");

        // Every name and value of the other branch has its name in it: one of them anywhere in what was heard is a leak.
        Assert.DoesNotContain(spy.Heard.Concat(other.Heard), m => m.ToJsonString() is var text && (text.Contains("north", StringComparison.Ordinal) || text.Contains("secret", StringComparison.Ordinal)));
        Assert.Contains(here.Heard, m => m.ToJsonString().Contains("secret", StringComparison.Ordinal));
        Assert.Empty(other.Of("req"));
        Assert.Single(mine.Of("req"));
        Assert.Equal(404, (await stack.AskAsync("order-1", branch: "south", device: "till-north")).Status);
    }

    [Fact]
    public async Task P2_Who_somebody_is_and_where_says_the_token_and_nothing_that_they_write()
    {
        await using var stack = await HubStack.UpAsync();
        await using var till = stack.Device("till-south", branch: "south");
        await till.HearsAsync("welcome");
        var north = stack.Token("backend", "shop");
        (string What, string Token, JsonObject Hello, int Code)[] lies =
        [
            ("another branch", north, new() { ["branch"] = "south" }, 3003),
            ("a device, with a backend's token", north, new() { ["device"] = new JsonObject { ["id"] = "till-south" } }, 3003),
            ("another device", stack.Token("device", "till-1", "south"), new() { ["device"] = new JsonObject { ["id"] = "till-south" } }, 3003),
            ("a role of its own making", stack.Token("superadmin", "shop", "south"), [], 3003),
        ];
        foreach (var (what, token, hello, code) in lies)
        {
            await using var liar = HubForeignClient.Start(stack, "node", token, hello, null);
            Assert.Equal((what, code), (what, (await liar.HearsAsync("closed"))["code"]!.GetValue<int>()));
            Assert.Empty(liar.Of("welcome"));
        }

        // A browser's token without a page of the list, and no token at all: not even a connection.
        foreach (var token in (string[])[stack.Token("web", "person"), "none"])
        {
            await using var stranger = HubForeignClient.Start(stack, "node", token, [], null);
            await stranger.HearsAsync("fault");
            Assert.Empty(stranger.Of("welcome"));
        }

        // Words beside the token change nothing: it is in its own branch, where there is no such device.
        await using var spy = stack.Backend("python", new() { ["say"] = Say("""{"t":"sub","id":"s","room":"branch:south"}""", """{"t":"watch","id":"w","of":"*"}""") }, new() { ["role"] = "superadmin", ["company"] = "all" });
        await spy.HearsAsync("state");
        await stack.PostAsync("/_hub/rooms/branch:south/events", """{"data":"secret"}""", "south");
        Assert.Equal(403, (await stack.PostAsync("/_hub/devices/till-south/requests?branch=south", """{"op":"print"}""", "north", ("Idempotency-Key", "k"))).Status);
        await stack.PostAsync("/_hub/rooms/branch:south/events", """{"data":"own"}""");
        await spy.HearsAsync("evt", e => (string?)e["data"] == "own");
        Assert.Single(spy.Of("evt"));
        Assert.DoesNotContain(spy.Heard, m => m.ToJsonString().Contains("till-south", StringComparison.Ordinal));
        Assert.Empty(till.Of("req"));
    }

    [Fact]
    public async Task P3_Each_of_many_answers_of_one_device_reaches_who_asked_for_it_however_fast_it_comes()
    {
        // Fewer than one identity may ask at once.
        const int Jobs = 20;
        await using var stack = await HubStack.UpAsync();
        await using var till = stack.Device(more: new() { ["paper"] = _paper });
        await till.HearsAsync("welcome");

        // The device answers in the turn in which it is asked, and the askers come all at once, over HTTP and over sockets.
        var say = Enumerable.Range(0, Jobs).Select(i => $$"""{"t":"req","id":"job-{{i}}","to":"device:till-1","op":"print","key":"socket-{{i}}"}""").ToArray();
        await using var one = stack.Backend("node", new() { ["say"] = Say(say[..(Jobs / 2)]) });
        await using var two = stack.Backend("python", new() { ["say"] = Say(say[(Jobs / 2)..]) });
        var answers = await Task.WhenAll(Enumerable.Range(0, Jobs).Select(i => stack.AskAsync($"http-{i}")));
        Assert.Equal(Enumerable.Range(0, Jobs).Select(i => (200, $"http-{i}")), answers.Select(a => (a.Status, (string)a.Body["data"]!["printed"]!)));
        for (var i = 0; i < Jobs; i++)
        {
            var (asker, stranger) = i < Jobs / 2 ? (one, two) : (two, one);
            var done = await asker.HearsAsync("upd", u => (string?)u["id"] == $"job-{i}" && (string?)u["state"] == "done");
            Assert.Equal($"socket-{i}", (string?)done["data"]!["printed"]);
            Assert.DoesNotContain(stranger.Of("upd"), u => (string?)u["id"] == $"job-{i}");
        }

        Assert.Equal(2 * Jobs, (await File.ReadAllLinesAsync(_paper)).Distinct().Count());
    }

    private static Task<JsonNode> StateAsync(HubForeignClient client, string key) => client.HearsAsync("state", s => s["items"]!.AsArray().Any(i => (string?)i!["of"] == key));

    private static JsonArray Say(params string[] messages) => [.. messages.Select(m => JsonNode.Parse(m))];
}
