using System.Text.Json;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Rooms from end to end.</summary>
public sealed class HubRoomTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_comes_back_gets_every_missed_event_once_in_order_also_after_a_kill_of_the_hub()
    {
        string epoch;
        await using (var hub = await HubUnderTest.StartAsync(_folder))
        {
            await using var shop = await hub.BackendAsync();
            await using var reader = await hub.BackendAsync();
            await reader.SendAsync("""{"t":"sub","id":"s","room":"orders"}""");
            Assert.False((await reader.NextAsync("ok")).GetProperty("recovered").GetBoolean());
            await PublishAsync(shop, 1, 3);
            epoch = (await reader.NextAsync("evt")).Text("epoch");
            await reader.DisposeAsync();
            await PublishAsync(shop, 4, 30);
            await using var back = await hub.BackendAsync(resume: Resume(epoch, 3));
            Assert.True(back.Welcome.GetProperty("resumed").GetBoolean());
            Assert.True(back.Welcome.GetProperty("rooms")[0].GetProperty("recovered").GetBoolean());
            Assert.Equal(Enumerable.Range(4, 27), Offsets(await back.UntilPongAsync()));
            await hub.KillAsync();
        }

        await using var next = await HubUnderTest.StartAsync(_folder);
        await using var again = await next.BackendAsync(resume: Resume(epoch, 20));
        Assert.True(again.Welcome.GetProperty("resumed").GetBoolean());
        await using var publisher = await next.BackendAsync();
        await PublishAsync(publisher, 31, 33);
        Assert.Equal(Enumerable.Range(21, 13), Offsets(await again.UntilPongAsync()));
    }

    [Fact]
    public async Task Who_missed_more_than_is_kept_is_told_so_and_gets_no_part_of_it()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Rooms = new() { MaxEvents = 10 } });
        await using var shop = await hub.BackendAsync();
        await PublishAsync(shop, 1, 50);
        await shop.SendAsync("""{"t":"sub","id":"s","room":"orders"}""");
        var epoch = (await shop.NextAsync("ok", m => m.Text("id") == "s")).Text("epoch");
        foreach (var (since, recovered, events) in ((int, bool, int)[])[(39, false, 0), (40, true, 10), (50, true, 0), (51, false, 0)])
        {
            await using var reader = await hub.BackendAsync();
            await reader.SendAsync($$"""{"t":"sub","id":"s","room":"orders","since":"{{epoch}}:{{since}}"}""");
            var messages = await reader.UntilPongAsync();
            Assert.Equal(recovered, messages.Single(m => m.Is("ok")).GetProperty("recovered").GetBoolean());
            Assert.Equal(events, messages.Count(m => m.Is("evt")));
        }
    }

    [Fact]
    public async Task A_publish_with_a_known_key_makes_no_event_also_after_a_kill()
    {
        const string Publish = """{"t":"pub","id":"p","room":"orders","data":{"no":7},"key":"order-7"}""";
        await using (var hub = await HubUnderTest.StartAsync(_folder))
        {
            await using var shop = await hub.BackendAsync();
            await shop.SendAsync(Publish);
            await shop.SendAsync(Publish);
            Assert.Equal(1, (await shop.NextAsync("ok")).GetProperty("offset").GetInt32());
            Assert.Equal(1, (await shop.NextAsync("ok")).GetProperty("offset").GetInt32());
            await hub.KillAsync();
        }

        await using var next = await HubUnderTest.StartAsync(_folder);
        await using var again = await next.BackendAsync();
        await again.SendAsync(Publish);
        Assert.Equal(1, (await again.NextAsync("ok")).GetProperty("offset").GetInt32());
        await again.SendAsync("""{"t":"pub","id":"p","room":"orders","data":{"no":8},"key":"order-7"}""");
        Assert.Equal("key_conflict", (await again.NextAsync("err")).Text("code"));
    }

    [Fact]
    public async Task A_room_that_the_token_does_not_name_is_forbidden_for_reading_and_writing()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        var token = HubUnderTest.Token("backend", "shop", hub: """{"subscribe":["orders.*"],"publish":["orders.new"]}""");
        await using var shop = await HubPeer.JoinAsync(hub, token, """{"t":"hello"}""");
        await shop.SendAsync("""{"t":"sub","id":"1","room":"payroll"}""");
        await shop.SendAsync("""{"t":"pub","id":"2","room":"orders.old","data":1}""");
        await shop.SendAsync("""{"t":"sub","id":"3","room":"orders.old"}""");
        await shop.SendAsync("""{"t":"watch","id":"4","of":"*"}""");
        await shop.SendAsync("""{"t":"req","id":"5","to":"device:till-1","op":"print","key":"k"}""");
        var answers = await shop.UntilPongAsync();
        Assert.Equal(["1 forbidden", "2 forbidden", "3 ok", "4 forbidden", "5 forbidden"], answers.Select(a => $"{a.Text("id")} {(a.Is("ok") ? "ok" : a.Text("code"))}"));
    }

    private static string Resume(string epoch, int offset) => $$""","resume":{"session":"s","offsets":{"orders":"{{epoch}}:{{offset}}"} }""";

    private static async Task PublishAsync(HubPeer shop, int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            await shop.SendAsync($$"""{"t":"pub","id":"p{{i}}","room":"orders","data":{{i}} }""");
        }

        await shop.NextAsync("ok", m => m.Text("id") == $"p{to}");
    }

    private static IEnumerable<int> Offsets(IEnumerable<JsonElement> messages) => messages.Where(m => m.Is("evt")).Select(m => m.GetProperty("offset").GetInt32());
}
