using System.Diagnostics;
using System.Text.Json.Nodes;
using Mainstay.EndToEnd.Tests.Support;
using Mainstay.Harness;
using Mainstay.Harness.Processes;

namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>What the hub promises, kept with clients that are not ours.</summary>
[Collection(nameof(Alone))]
public sealed class HubPromiseTests : IDisposable
{
    private readonly string _paper = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_paper);

    [Fact]
    public async Task A_key_that_is_fired_fifty_times_at_once_and_again_after_a_kill_is_printed_once()
    {
        await using var stack = await HubStack.UpAsync();
        await using var till = stack.Device(more: Printing());
        await till.HearsAsync("welcome");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => stack.AskAsync("order-1")));
        Assert.All(answers, a => Assert.Equal((200, "done"), (a.Status, (string?)a.Body["state"])));
        Assert.Single(answers.Select(a => (string?)a.Body["request"]).Distinct());

        await stack.KillHubAsync();
        await using var again = stack.Device(more: Printing());
        await again.HearsAsync("welcome");
        var after = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => stack.AskAsync("order-1")));
        Assert.All(after, a => Assert.Equal((200, "done"), (a.Status, (string?)a.Body["state"])));
        Assert.Equal(answers[0].Body["request"]!.ToString(), after[0].Body["request"]!.ToString());
        Assert.Equal(["order-1"], await File.ReadAllLinesAsync(_paper));
        Assert.Equal((409, "key_conflict"), await ConflictAsync(stack));
    }

    [Fact]
    public async Task A_request_for_a_device_that_is_away_survives_a_kill_and_is_printed_when_it_comes_or_expires()
    {
        await using var stack = await HubStack.UpAsync();
        await using (var before = stack.Device(more: Printing()))
        {
            await before.HearsAsync("welcome");
        }

        Assert.Equal(202, (await stack.AskAsync("order-1", ""","ttl_ms":60000""", wait: 0)).Status);
        Assert.Equal(410, (await stack.AskAsync("order-2", ""","ttl_ms":1000""")).Status);
        await stack.KillHubAsync();
        await using var till = stack.Device(more: Printing());
        Assert.Equal((200, "done"), await StateAsync(stack, "order-1", ""","ttl_ms":60000"""));
        Assert.Equal(["order-1"], await File.ReadAllLinesAsync(_paper));
    }

    [Fact]
    public async Task Who_stops_reading_is_closed_holds_up_nobody_and_goes_on_where_it_was()
    {
        // More than the kernel and the edge hold between the hub and who does not read.
        const int Events = 400;
        const int Orders = 20;
        await using var stack = await HubStack.UpAsync();
        var sub = Say("""{"t":"sub","id":"s","room":"orders"}""", """{"t":"sub","id":"b","room":"bulk"}""");
        await using var slow = stack.Backend("python", new() { ["say"] = sub.DeepClone(), ["pause"] = 3 });
        await using var quick = stack.Backend("python", new() { ["say"] = sub });
        await Task.WhenAll(slow.HearsAsync("ok", o => (string?)o["id"] == "b"), quick.HearsAsync("ok", o => (string?)o["id"] == "b"));
        var epoch = (string?)slow.Of("ok").Single(o => (string?)o["id"] == "s")["epoch"];
        var data = new string('x', 50_000);
        for (var i = 1; i <= Events; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await stack.PostAsync("/_hub/rooms/bulk/events", $$"""{"data":"{{data}}"}""");
            await quick.HearsAsync("evt", e => (string?)e["room"] == "bulk" && e["offset"]!.GetValue<int>() == i);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(3), "the reader that reads was held up");
        }

        for (var i = 1; i <= Orders; i++)
        {
            await stack.PostAsync("/_hub/rooms/orders/events", $$"""{"data":{{i}}}""");
        }

        await stack.Home.LogsShowAsync("hub", "closed with 4002", TimeSpan.FromSeconds(20));
        var hello = new JsonObject { ["resume"] = new JsonObject { ["session"] = "s", ["offsets"] = new JsonObject { ["orders"] = $"{epoch}:0" } } };
        await using var back = stack.Backend("python", null, hello);
        Assert.True((bool)(await back.HearsAsync("welcome"))["resumed"]!);
        await back.HearsAsync("evt", e => e["offset"]!.GetValue<int>() == Orders);
        Assert.Equal(Enumerable.Range(1, Orders), back.Of("evt").Select(e => e["offset"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_storm_of_status_makes_ten_batches_a_second_and_its_last_values_arrive()
    {
        await using var stack = await HubStack.UpAsync();
        await using var watcher = stack.Backend("python", new() { ["say"] = Say("""{"t":"watch","id":"w","of":"printer:*"}""") });
        await watcher.HearsAsync("state");
        var began = Stopwatch.GetTimestamp();
        await using var till = stack.Device(more: new() { ["storm"] = new JsonObject { ["keys"] = 50, ["perSecond"] = 1000, ["seconds"] = 3 } });
        await Eventually.BecomesAsync(
            "the last value of each printer is there", () => Task.FromResult(Last(watcher)), last => last.Count == 50 && last.Values.All(v => v == "\"last\""), show: last => $"{last.Count} keys");

        // Figures are not for who comes from outside.
        Assert.Equal(404, await Web.StatusAsync(stack.Port, "/metrics"));

        // One more for the snapshot, and one for the batch that was begun.
        Assert.InRange(watcher.Of("state").Length, 5, (10 * Stopwatch.GetElapsedTime(began).TotalSeconds) + 2);
    }

    [Fact]
    public async Task A_device_that_hangs_is_noticed_after_two_pings()
    {
        await using var stack = await HubStack.UpAsync("HUB_PING: 1s");
        await using var watcher = stack.Backend("node", new() { ["say"] = Say("""{"t":"watch","id":"w","of":"device:till-1"}""") });
        await using var till = stack.Device(client: "python");
        await watcher.HearsAsync("state", s => Online(s) is true);
        var began = Stopwatch.GetTimestamp();
        till.Child.Send(Signal.Stop);
        await watcher.HearsAsync("state", s => Online(s) is false);

        // The first ping that it misses comes within a second, two seconds later it is closed; the sweep and the machine add theirs.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 1, 8);
        till.Child.Send(Signal.Cont);
    }

    [Fact]
    public async Task What_was_missed_comes_once_and_in_order_also_after_a_kill_or_not_at_all()
    {
        await using var stack = await HubStack.UpAsync("HUB_ROOM_EVENTS: \"20\"");
        string epoch;
        await using (var first = stack.Backend("python", new() { ["say"] = Say("""{"t":"sub","id":"s","room":"orders"}""") }))
        {
            await first.HearsAsync("ok");
            await PublishAsync(stack, 1, 5);
            epoch = (string)(await first.HearsAsync("evt", e => e["offset"]!.GetValue<int>() == 5))["epoch"]!;
        }

        await PublishAsync(stack, 6, 12);
        await stack.KillHubAsync();
        await PublishAsync(stack, 13, 15);
        foreach (var client in (string[])["node", "python"])
        {
            await using var back = stack.Backend(client, null, Resume(epoch, 5));
            Assert.True((bool)(await back.HearsAsync("welcome"))["resumed"]!);
            await back.HearsAsync("evt", e => e["offset"]!.GetValue<int>() == 15);
            Assert.Equal(Enumerable.Range(6, 10), back.Of("evt").Select(e => e["data"]!.GetValue<int>()));
        }

        // More than is kept: none of it, rather than a part.
        await PublishAsync(stack, 16, 40);
        await using var late = stack.Backend("python", null, Resume(epoch, 5));
        Assert.False((bool)(await late.HearsAsync("welcome"))["resumed"]!);
        await PublishAsync(stack, 41, 41);
        await late.HearsAsync("evt", e => e["data"]!.GetValue<int>() == 41);
        Assert.Single(late.Of("evt"));
    }

    private JsonObject Printing() => new() { ["paper"] = _paper };

    private static JsonArray Say(params string[] messages) => [.. messages.Select(m => JsonNode.Parse(m))];

    private static JsonObject Resume(string epoch, int offset) =>
        new() { ["resume"] = new JsonObject { ["session"] = "s", ["offsets"] = new JsonObject { ["orders"] = $"{epoch}:{offset}" } } };

    private static bool? Online(JsonNode state) => state["items"]!.AsArray().Select(i => (bool?)i!["online"]).FirstOrDefault();

    private static Dictionary<string, string> Last(HubForeignClient watcher)
    {
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in watcher.Of("state").SelectMany(s => s["items"]!.AsArray()))
        {
            last[(string)item!["of"]!] = item["data"]!.ToJsonString();
        }

        return last;
    }

    private static async Task PublishAsync(HubStack stack, int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            Assert.Equal(200, (await stack.PostAsync("/_hub/rooms/orders/events", $$"""{"data":{{i}} }""")).Status);
        }
    }

    private static async Task<(int, string?)> StateAsync(HubStack stack, string key, string more)
    {
        var (status, body) = await stack.AskAsync(key, more);
        return (status, (string?)body["state"]);
    }

    private static async Task<(int, string?)> ConflictAsync(HubStack stack)
    {
        var (status, body) = await stack.PostAsync("/_hub/devices/till-1/requests", """{"op":"print","data":{"text":"other"}}""", "north", ("Idempotency-Key", "order-1"));
        return (status, (string?)body["code"]);
    }
}
