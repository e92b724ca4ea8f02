using System.Net.Http.Json;
using System.Text.Json;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Quality;
using Mainstay.Realtime.Hub.Service;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>What is told of devices' connections.</summary>
public sealed class HubLinkTests : IDisposable
{
    private static readonly DeviceAddress s_till = new(new("north"), "till-1");
    private static readonly DateTimeOffset s_start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Three_reconnects_in_a_row_degrade_and_good_pings_recover()
    {
        var context = new HubContext(null!, new(), () => "", new(TimeProvider.System), NullLogger.Instance);
        var (book, statuses) = (new DeviceBook(), new StatusDesk(context));
        var desk = new LinkDesk(context, book, statuses);
        var client = new Till();
        book.Seen(client, s_till, s_start);
        desk.Connected(s_till, s_start);
        Assert.Null(desk.Of(s_till));
        for (var i = 1; i <= 3; i++)
        {
            desk.Disconnected(s_till, s_start.AddSeconds(i));
            Assert.Null(desk.Of(s_till));
            desk.Connected(s_till, s_start.AddSeconds(i));
        }

        Assert.Equal(LinkGrade.Poor, desk.Of(s_till)!.Grade);
        for (var i = 0; i < 40; i++)
        {
            desk.Heard([new(client, TimeSpan.FromMilliseconds(20))], s_start.AddMinutes(1));
        }

        Assert.Equal(LinkGrade.Excellent, desk.Of(s_till)!.Grade);

        // After a night the device was away, not badly connected.
        desk.Disconnected(s_till, s_start.AddHours(1));
        desk.Connected(s_till, s_start.AddHours(9));
        Assert.Null(desk.Of(s_till));
    }

    [Fact]
    public async Task Watchers_and_backends_see_the_grade_that_was_measured_and_no_device_can_write_it()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Ping = TimeSpan.FromMilliseconds(500) });
        await using var till = await hub.DeviceAsync();
        Assert.Equal(500, till.Welcome.GetProperty("ping_ms").GetInt32());
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"watch","id":"w","of":"device:till-1/link"}""");
        var state = await shop.NextAsync("state", s => s.GetProperty("items").GetArrayLength() > 0);
        var link = state.GetProperty("items")[0];
        Assert.Equal("good", link.GetProperty("data").Text("grade"));
        Assert.InRange(link.GetProperty("data").GetProperty("rtt_ms").GetInt32(), 0, 5000);
        await till.SendAsync("""{"t":"status","of":"device:till-1/link","data":{"grade":"excellent"}}""");
        Assert.Equal("forbidden", (await till.NextAsync("err")).Text("code"));

        using var health = await hub.SendAsync(HttpMethod.Get, "/_hub/devices/health");
        var seen = (await health.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("devices")[0];
        Assert.Equal(("till-1", true, "good"), (seen.Text("id"), seen.GetProperty("online").GetBoolean(), seen.Text("link")));
        using var devices = await hub.SendAsync(HttpMethod.Get, "/_hub/devices/till-1");
        Assert.Equal("good", (await devices.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).Text("link"));
        using var foreign = await hub.SendAsync(HttpMethod.Get, "/_hub/devices/health", null, HubUnderTest.Token("backend", "shop", "south"));
        Assert.Equal(0, (await foreign.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("devices").GetArrayLength());

        await till.DisposeAsync();
        state = await shop.NextAsync("state", s => s.GetProperty("items").EnumerateArray().Any(i => !i.GetProperty("online").GetBoolean()));
        Assert.Equal("device:till-1/link", Assert.Single(state.GetProperty("items").EnumerateArray()).Text("of"));
    }

    [Fact]
    public async Task Who_says_too_much_is_closed_with_1008()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Rates = l.Rates with { Messages = new(60, TimeSpan.FromMinutes(1), 50) } });
        await using var till = await hub.DeviceAsync();
        for (var i = 0; i < 49; i++)
        {
            await till.SendAsync("""{"t":"status","of":"drawer","data":1}""");
        }

        await till.SendAsync("""{"t":"pong","n":1}""");
        await till.EndedAsync();
        Assert.Equal(1008, till.CloseCode);
    }

    [Fact]
    public async Task Many_connections_of_one_identity_share_one_rate()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Rates = l.Rates with { Subject = new(60, TimeSpan.FromMinutes(1), 10) } });
        await using var one = await hub.BackendAsync();
        await using var two = await hub.BackendAsync();
        await one.UntilPongAsync();
        for (var i = 0; i < 9; i++)
        {
            await two.UntilPongAsync();
        }

        await one.SendAsync("""{"t":"ping","n":1}""");
        await one.EndedAsync();
        Assert.Equal(1008, one.CloseCode);
    }

    private sealed class Till : IHubClient
    {
        public long Number => 1;

        public Identity Who { get; } = Identity.In(new(IdentityKind.Device, "till-1", [new("north")], [], [], [], []), null)!;

        public DeviceHello? Device => null;

        public string Session => "s";

        public bool Send(ReadOnlyMemory<byte> frame) => true;

        public void Close(HubClose code, string reason)
        {
        }
    }
}
