using System.Text.Json;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Requests from end to end: sockets, the writer, the database.</summary>
public sealed class HubRequestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Print(string key, string id = "a1", string data = """{"text":"soup"}""", string more = "", string to = "device:till-1") =>
        $$"""{"t":"req","id":"{{id}}","to":"{{to}}","op":"print","data":{{data}},"key":"{{key}}"{{more}}}""";

    [Fact]
    public async Task A_request_goes_to_the_device_and_every_change_of_it_to_who_asked()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync(Print("order-1", more: ""","corr":"corr-9","tp":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" """));
        var request = await till.NextAsync("req");
        Assert.Equal(("device:till-1", "print", "order-1", "corr-9"), (request.Text("to"), request.Text("op"), request.Text("key"), request.Text("corr")));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", request.Text("tp"));
        Assert.Equal("soup", request.GetProperty("data").Text("text"));
        await till.SendAsync($$"""{"t":"ack","id":"{{request.Text("id")}}"}""");
        await till.SendAsync($$"""{"t":"res","id":"{{request.Text("id")}}","ok":true,"data":{"pages":1} }""");
        var states = new List<string>();
        JsonElement update;
        do
        {
            update = await shop.NextAsync("upd");
            Assert.Equal("corr-9", update.Text("corr"));
            states.Add(update.Text("state"));
        }
        while (states[^1] != "done");

        Assert.Equal(["queued", "sent", "accepted", "done"], states);
        Assert.Equal(1, update.GetProperty("data").GetProperty("pages").GetInt32());
    }

    [Fact]
    public async Task The_same_key_fifty_times_at_once_and_again_after_a_kill_is_done_once()
    {
        var device = new CountingDevice();
        await using (var hub = await HubUnderTest.StartAsync(_folder))
        {
            await using var till = await hub.DeviceAsync();
            var serving = device.ServeAsync(till);
            var shops = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hub.BackendAsync()));
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => shops[i % 5].SendAsync(Print("order-1", $"a{i}"))));
            var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(async s =>
            {
                var ended = new Dictionary<string, string>();
                while (ended.Count < 10)
                {
                    var update = await shops[s].NextAsync("upd", u => u.Text("state") == "done");
                    ended[update.Text("id")] = update.Text("request");
                }

                return ended.Values.Distinct().Single();
            }));
            Assert.Single(ids.Distinct());
            Assert.Equal(1, device.Done["order-1"]);
            await hub.KillAsync();
            await serving;
            foreach (var shop in shops)
            {
                await shop.DisposeAsync();
            }
        }

        await using var next = await HubUnderTest.StartAsync(_folder);
        await using var again = await next.DeviceAsync();
        var servingAgain = device.ServeAsync(again);
        await using var asker = await next.BackendAsync();
        await asker.SendAsync(Print("order-1"));
        var known = await asker.NextAsync("upd");
        Assert.Equal("done", known.Text("state"));
        Assert.Equal(1, known.GetProperty("data").GetProperty("pages").GetInt32());
        Assert.Equal(1, device.Done["order-1"]);
    }

    [Fact]
    public async Task What_was_under_way_when_the_hub_was_killed_is_asked_for_and_not_sent_again()
    {
        var device = new CountingDevice();
        await using (var hub = await HubUnderTest.StartAsync(_folder))
        {
            await using var till = await hub.DeviceAsync();
            await using var shop = await hub.BackendAsync();
            var serving = device.ServeAsync(till, silentAfterAck: true);
            await shop.SendAsync(Print("order-1"));
            await shop.NextAsync("upd", u => u.Text("state") == "accepted");
            await serving;
            await hub.KillAsync();
        }

        await using var next = await HubUnderTest.StartAsync(_folder);
        await using var asker = await next.BackendAsync();
        await asker.SendAsync(Print("order-1"));
        Assert.Equal("unsure", (await asker.NextAsync("upd")).Text("state"));
        await using var again = await next.DeviceAsync();
        _ = device.ServeAsync(again);
        Assert.Equal("done", (await asker.NextAsync("upd", u => u.Text("state") != "unsure")).Text("state"));
        Assert.Equal(["order-1"], device.Questions);
        Assert.Equal(1, device.Done["order-1"]);
    }

    [Fact]
    public async Task A_device_that_does_not_have_it_gets_it_again_on_its_next_connection()
    {
        var device = new CountingDevice();
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var shop = await hub.BackendAsync();
        await using (var till = await hub.DeviceAsync())
        {
            await shop.SendAsync(Print("order-1"));
            await till.NextAsync("req");
            till.Cut();
            await shop.NextAsync("upd", u => u.Text("state") == "unsure");
        }

        await using var again = await hub.DeviceAsync();
        _ = device.ServeAsync(again);
        Assert.Equal("done", (await shop.NextAsync("upd", u => u.Text("state") is "done" or "unknown")).Text("state"));
        Assert.Equal(["order-1"], device.Questions);
        Assert.Equal(1, device.Done["order-1"]);
    }

    [Fact]
    public async Task A_request_waits_for_its_device_over_a_restart_of_the_hub_and_no_longer_than_its_ttl()
    {
        await using (var hub = await HubUnderTest.StartAsync(_folder))
        {
            await using (var once = await hub.DeviceAsync())
            {
            }

            await using var shop = await hub.BackendAsync();
            await shop.SendAsync(Print("lunch", "a1"));
            await shop.SendAsync(Print("coffee", "a2", more: ""","ttl_ms":1"""));
            await shop.NextAsync("upd", u => u.Text("id") == "a2" && u.Text("state") == "expired");
            await hub.KillAsync();
        }

        var device = new CountingDevice();
        await using var next = await HubUnderTest.StartAsync(_folder);
        await using var till = await next.DeviceAsync();
        _ = device.ServeAsync(till);
        await using var asker = await next.BackendAsync();
        await asker.SendAsync(Print("lunch"));
        await asker.NextAsync("upd", u => u.Text("state") == "done");
        Assert.Equal(["lunch"], device.Done.Keys);
    }

    [Fact]
    public async Task The_same_key_for_something_else_is_a_conflict()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync(Print("order-1", "a1"));
        await shop.SendAsync(Print("order-1", "a2", """{"text":"beer"}"""));
        Assert.Equal(("a2", "key_conflict"), await ErrorAsync(shop));
        await shop.SendAsync(Print("order-2", "a3", to: "device:nobody"));
        Assert.Equal(("a3", "unknown_device"), await ErrorAsync(shop));
    }

    [Fact]
    public async Task A_job_for_one_branch_is_seen_by_no_socket_of_another()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var north = await hub.DeviceAsync(branch: "north");
        await using var south = await hub.DeviceAsync(branch: "south");
        await using var southShop = await hub.BackendAsync("south");
        await southShop.SendAsync("""{"t":"sub","id":"s","room":"orders"}""");
        await southShop.SendAsync("""{"t":"watch","id":"w","of":"*"}""");
        await southShop.UntilPongAsync();
        await using var shop = await hub.BackendAsync("north");
        var device = new CountingDevice();
        _ = device.ServeAsync(north);
        await shop.SendAsync(Print("order-1"));
        await shop.NextAsync("upd", u => u.Text("state") == "done");
        await shop.SendAsync("""{"t":"pub","id":"p","room":"orders","data":1}""");
        await shop.NextAsync("ok");
        await north.SendAsync("""{"t":"status","of":"printer:P1","data":{"paper":true}}""");
        await shop.SendAsync("""{"t":"watch","id":"w","of":"printer:*"}""");
        await shop.NextAsync("state", s => s.GetProperty("items").GetArrayLength() > 0);
        Assert.Empty(await south.UntilPongAsync());
        Assert.DoesNotContain(await southShop.UntilPongAsync(), m => !m.Is("state") || m.GetProperty("items").EnumerateArray().Any(i => i.Text("of") != "device:till-1"));
    }

    [Fact]
    public async Task Answers_count_from_the_devices_newest_connection_only_and_for_its_own_requests_only()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var other = await hub.DeviceAsync("till-2");
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync(Print("order-1"));
        var request = await till.NextAsync("req");
        await other.SendAsync($$"""{"t":"res","id":"{{request.Text("id")}}","ok":true}""");
        await other.UntilPongAsync();
        await using var newer = await hub.DeviceAsync();
        await till.EndedAsync();
        Assert.Equal(4001, till.CloseCode);
        var question = await newer.NextAsync("req");
        Assert.Equal("$status", question.Text("op"));
        await newer.SendAsync($$"""{"t":"res","id":"{{question.Text("id")}}","ok":true,"data":{"state":"done","data":{"pages":2} } }""");
        var done = await shop.NextAsync("upd", u => u.Text("state") is "done");
        Assert.Equal(2, done.GetProperty("data").GetProperty("pages").GetInt32());
    }

    [Fact]
    public async Task A_cancel_of_what_no_device_has_ends_it_and_one_that_a_device_has_is_told_to_it()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync(Print("order-1", "a1"));
        await shop.SendAsync(Print("order-2", "a2"));
        var first = await till.NextAsync("req");
        await shop.SendAsync("""{"t":"cancel","id":"c2","to":"device:till-1","key":"order-2"}""");
        Assert.Equal("canceled", (await shop.NextAsync("upd", u => u.Text("id") == "a2" && u.Text("state") != "queued")).Text("state"));
        await shop.SendAsync("""{"t":"cancel","id":"c1","to":"device:till-1","key":"order-1"}""");
        var cancel = await till.NextAsync("cancel");
        Assert.Equal((first.Text("id"), "order-1"), (cancel.Text("id"), cancel.Text("key")));
        await till.SendAsync($$"""{"t":"res","id":"{{first.Text("id")}}","ok":false,"error":{"code":"canceled","message":"not begun"} }""");
        Assert.Equal("canceled", (await shop.NextAsync("upd", u => u.Text("id") == "a1" && u.Text("state") is "canceled")).Text("state"));
        Assert.DoesNotContain(await till.UntilPongAsync(), m => m.Is("req"));
    }

    private static async Task<(string, string)> ErrorAsync(HubPeer peer)
    {
        var error = await peer.NextAsync("err");
        return (error.Text("id"), error.Text("code"));
    }
}
