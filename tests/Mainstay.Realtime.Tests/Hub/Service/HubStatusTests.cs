using System.Text.Json;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Status from end to end.</summary>
public sealed class HubStatusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_storm_of_changes_makes_few_batches_and_the_last_value_of_each_key_arrives()
    {
        const int Updates = 2000, Keys = 50;
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"watch","id":"w","of":"printer:*"}""");
        await shop.NextAsync("state");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < Updates; i++)
        {
            await till.SendAsync($$"""{"t":"status","of":"printer:P{{i % Keys}}","data":{{i}} }""");
        }

        var last = new Dictionary<string, int>();
        var batches = 0;
        while (last.Count < Keys || last.Values.Min() < Updates - Keys)
        {
            var items = (await shop.NextAsync("state")).GetProperty("items").EnumerateArray().ToArray();
            batches++;
            Assert.Equal(items.Length, items.Select(i => i.Text("of")).Distinct().Count());
            foreach (var item in items)
            {
                last[item.Text("of")] = item.GetProperty("data").GetInt32();
            }
        }

        // One each 100 ms from the first change in it; the last may still wait when the storm is over.
        Assert.InRange(batches, 1, (int)(clock.Elapsed.TotalMilliseconds / 100) + 2);
    }

    [Fact]
    public async Task A_new_watcher_gets_all_values_first_with_the_times_when_they_were_said()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await till.SendAsync("""{"t":"status","of":"printer:P1","data":{"paper":"out"}}""");
        await till.UntilPongAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"watch","id":"w","of":"printer:*"}""");
        var item = (await shop.NextAsync("state")).GetProperty("items")[0];
        Assert.Equal(("printer:P1", "out", true), (item.Text("of"), item.GetProperty("data").Text("paper"), item.GetProperty("online").GetBoolean()));
        Assert.InRange(item.GetProperty("at").GetInt64(), till.Welcome.GetProperty("now").GetInt64(), shop.Welcome.GetProperty("now").GetInt64());
    }

    [Fact]
    public async Task A_device_that_is_gone_is_shown_offline_with_its_data_and_times_as_they_were()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"watch","id":"w","of":"*"}""");
        await using var till = await hub.DeviceAsync();
        await till.SendAsync("""{"t":"status","of":"printer:P1","data":{"paper":85}}""");
        var before = await ItemAsync(shop, "printer:P1", _ => true);
        Assert.True(before.GetProperty("online").GetBoolean());
        till.Cut();
        var after = await ItemAsync(shop, "printer:P1", i => !i.GetProperty("online").GetBoolean());
        Assert.Equal(85, after.GetProperty("data").GetProperty("paper").GetInt32());
        Assert.Equal(before.GetProperty("at").GetInt64(), after.GetProperty("at").GetInt64());
    }

    [Fact]
    public async Task A_device_that_connects_anew_stays_online_when_its_old_connection_ends()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var old = await hub.DeviceAsync();
        await using var till = await hub.DeviceAsync();
        await old.EndedAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"watch","id":"w","of":"device:till-1"}""");
        Assert.True((await shop.NextAsync("state")).GetProperty("items")[0].GetProperty("online").GetBoolean());
        await shop.SendAsync("""{"t":"req","id":"1","to":"device:till-1","op":"print","key":"k","ttl_ms":0}""");
        Assert.Equal("print", (await till.NextAsync("req")).Text("op"));
    }

    private static async Task<JsonElement> ItemAsync(HubPeer watcher, string of, Func<JsonElement, bool> which)
    {
        while (true)
        {
            var items = (await watcher.NextAsync("state")).GetProperty("items").EnumerateArray();
            if (items.FirstOrDefault(i => i.Text("of") == of && which(i)) is { ValueKind: JsonValueKind.Object } item)
            {
                return item;
            }
        }
    }
}
