using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Service;
using Microsoft.Data.Sqlite;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>A database that cannot be written for a while.</summary>
public sealed class HubStoreFailureTests : IDisposable
{
    private const int MaxTries = 100_000;

    /// <summary>It asks again and again, without a pause.</summary>
    private static readonly Rate s_plenty = Rate.PerMinute(10_000_000, 1_000_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_cannot_be_stored_is_refused_and_not_done_and_the_hub_goes_on_when_it_can()
    {
        var device = new CountingDevice();
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { StoreRetry = TimeSpan.FromMilliseconds(50), Rates = l.Rates with { Messages = s_plenty, Subject = s_plenty, Connection = s_plenty } });
        await using var till = await hub.DeviceAsync();
        _ = device.ServeAsync(till);
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"sub","id":"s","room":"orders"}""");
        await shop.NextAsync("ok");
        using (var stranger = new SqliteConnection($"Data Source={Path.Combine(_folder, "hub.db")};Pooling=False"))
        {
            stranger.Open();
            using var hold = stranger.BeginTransaction();
            await shop.SendAsync("""{"t":"req","id":"1","to":"device:till-1","op":"print","key":"k"}""");
            await shop.SendAsync("""{"t":"pub","id":"2","room":"orders","data":1,"key":"e"}""");
            foreach (var id in (string[])["1", "2"])
            {
                var error = await shop.NextAsync("err");
                Assert.Equal((id, "store_unavailable", true), (error.Text("id"), error.Text("code"), error.GetProperty("temporary").GetBoolean()));
            }

            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await hub.Http.GetAsync(new Uri("/health", UriKind.Relative))).StatusCode);
        }

        // Nothing was told to anybody of what was refused.
        Assert.Empty(await shop.UntilPongAsync());
        Assert.Empty(device.Done);
        await shop.SendAsync("""{"t":"pub","id":"3","room":"orders","data":1,"key":"e"}""");
        Assert.Equal(1, (await shop.NextAsync("ok")).GetProperty("offset").GetInt32());
        string state;
        do
        {
            await shop.SendAsync("""{"t":"req","id":"4","to":"device:till-1","op":"print","key":"k"}""");
            var answer = (await shop.UntilPongAsync()).FirstOrDefault(m => m.Is("upd") || m.Is("err"));
            state = answer.Is("upd") ? answer.Text("state") : answer.Text("code");
        }
        while (state is "store_unavailable");

        for (var asked = 0; !device.Done.ContainsKey("k"); asked++)
        {
            Assert.True(asked < MaxTries, $"the device was not asked; the last answer was {state}");
            await shop.UntilPongAsync(asked);
        }

        Assert.Equal(1, device.Done["k"]);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_given_up_and_holds_up_nobody()
    {
        // It has as long to take its close as this test needs to fill everything that is between the two.
        await using var hub = await HubUnderTest.StartAsync(_folder, serving: new() { ClosePatience = TimeSpan.FromMinutes(1) });
        await using var slow = await FloodedAsync(hub);
        Assert.Equal((4002, "retry_ms=1000;resume=1"), await slow.ReadToCloseAsync());
    }

    [Fact]
    public async Task A_peer_that_does_not_even_take_its_close_is_cut()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, serving: new() { ClosePatience = TimeSpan.FromMilliseconds(100) });
        await using var slow = await FloodedAsync(hub);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(slow.ReadToCloseAsync);
    }

    [Fact]
    public void Every_setting_that_is_wrong_is_named_at_once_with_its_fix()
    {
        var (options, problems) = HubOptions.Read(new Dictionary<string, string> { ["HUB_BRANCH_RATE"] = "many", ["HUB_ROOM_AGE"] = "1ms", ["ALLOWED_ORIGINS"] = "*", ["HUB_LICENCES"] = "/nowhere" });
        Assert.Null(options);
        foreach (var name in (string[])["HUB_BRANCH_RATE", "HUB_ROOM_AGE", "ALLOWED_ORIGINS", "HUB_LICENCES", "JWT_PUBLIC_KEY", "PORT", "MAINSTAY_DATA"])
        {
            Assert.Contains(problems, p => p.Contains(name, StringComparison.Ordinal) && p.Contains("fix: ", StringComparison.Ordinal));
        }
    }

    /// <summary>A peer that has not read 20 MB, while somebody else in the room has.</summary>
    private static async Task<SilentPeer> FloodedAsync(HubUnderTest hub)
    {
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"sub","id":"s","room":"orders"}""");
        await shop.NextAsync("ok");
        var slow = await SilentPeer.JoinAsync(hub, "orders");
        var data = new string('x', 100_000);
        for (var i = 1; i <= 200; i++)
        {
            await shop.SendAsync($$"""{"t":"pub","id":"p{{i}}","room":"orders","data":"{{data}}"}""");
            await shop.NextAsync("evt", e => e.GetProperty("offset").GetInt32() == i);
        }

        return slow;
    }
}
