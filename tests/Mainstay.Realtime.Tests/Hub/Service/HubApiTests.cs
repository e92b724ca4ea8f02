using System.Net;
using System.Text.Json;
using Mainstay.Realtime.Hub.Http;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>The hub over HTTP.</summary>
public sealed class HubApiTests : IDisposable
{
    private const string Print = """{"op":"print","data":{"text":"soup"}}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_prefers_to_wait_gets_the_result_and_who_does_not_where_it_is()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        _ = new CountingDevice().ServeAsync(till);
        using var waited = await hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", Print, null, ("Idempotency-Key", "k1"), ("Prefer", "wait=30"), ("X-Correlation-ID", "c-1"));
        Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
        Assert.Equal(["c-1"], waited.Headers.GetValues("X-Correlation-ID"));
        var done = await JsonAsync(waited);
        Assert.Equal(("done", 1), (done.Text("state"), done.GetProperty("data").GetProperty("pages").GetInt32()));
        using var sought = await hub.SendAsync(HttpMethod.Get, $"/_hub/requests/{done.Text("request")}");
        Assert.Equal(HttpStatusCode.OK, sought.StatusCode);
        using var queued = await hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", """{"op":"print","part":"kitchen"}""", null, ("Idempotency-Key", "k2"));
        Assert.Equal(HttpStatusCode.Accepted, queued.StatusCode);
        using var again = await hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", """{"part":"kitchen","op":"print"}""", null, ("Idempotency-Key", "k2"), ("Prefer", "wait=30"));
        Assert.Equal((await JsonAsync(queued)).Text("request"), (await JsonAsync(again)).Text("request"));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Each_refusal_has_its_status()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Rates = new() { Target = new(2, TimeSpan.FromMinutes(1), 2) } });
        await using (var once = await hub.DeviceAsync())
        {
        }

        const string Path = "/_hub/devices/till-1/requests";
        var device = HubUnderTest.Token("device", "till-1");
        (string Path, string Body, string? Token, string? Key, int Status)[] cases =
        [
            (Path, Print, "nonsense", "k", 401),
            (Path, Print, device, "k", 403),
            (Path, Print, HubUnderTest.Token("backend", "shop", hub: """{"ask":["till-1/open"]}"""), "k", 403),
            ("/_hub/devices/till-1/requests?branch=south", Print, null, "k", 403),
            ("/_hub/devices/nobody/requests", Print, null, "k", 404),
            (Path, Print, null, null, 400),
            (Path, Print, null, "a key", 400),
            (Path, "[]", null, "k", 400),
            (Path, """{"op":"print","ttl_ms":-1}""", null, "k", 400),
            (Path, """{"op":"$status"}""", null, "k", 400),
            (Path, """{"op":"print","part":"a/b"}""", null, "k", 400),
            (Path, $$"""{"op":"print","data":"{{new string('x', 300_000)}}"}""", null, "k", 413),
            (Path, """{"op":"print","ttl_ms":0}""", null, "now", 503),
            (Path, Print, null, "k", 202),
            (Path, """{"op":"open"}""", null, "k", 409),
            (Path, Print, null, "k", 202),
            (Path, Print, null, "another", 429),
            ("/_hub/nothing", Print, null, "k", 404),
            ("/_hub/devices", Print, null, "k", 405),
        ];
        foreach (var (path, body, token, key, status) in cases)
        {
            using var answer = await hub.SendAsync(HttpMethod.Post, path, body, token, key is null ? [] : [("Idempotency-Key", key)]);
            Assert.True((int)answer.StatusCode == status, $"{path} {key} {body[..Math.Min(60, body.Length)]}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            Assert.True(status != 429 || answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        }
    }

    [Fact]
    public async Task A_refusal_says_what_is_wrong_and_where()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using (var once = await hub.DeviceAsync())
        {
        }

        const string Path = "/_hub/devices/till-1/requests";
        static string Backend(string hub) => HubUnderTest.Token("backend", "shop", hub: hub);
        (string Path, string Body, string? Token, string? Key, string Says)[] cases =
        [
            (Path, Print, Backend("""{"ask":["till-1/print","till-1"]}"""), "k", "the token's hub.ask[1] must be DEVICE/OP"),
            (Path, Print, Backend("""{"ask":"till-1/print"}"""), "k", "the token's hub.ask must be a list of at most 200 texts"),
            (Path, Print, Backend("""{"publish":["a","b*c"]}"""), "k", "the token's hub.publish[1] must be a name, or a beginning with * behind it"),
            (Path, Print, Backend("\"ask\""), "k", "the token's hub must be an object"),
            (Path, Print, HubUnderTest.Token("admin", "shop"), "k", "the token's role must be web, device or backend"),
            (Path, Print, HubUnderTest.Token("backend", "the shop"), "k", "the token's sub must be a name"),
            (Path, Print, HubUnderTest.Token("backend", "shop", "a branch"), "k", "the token's branch must be a name"),
            (Path, Print, HubUnderTest.Token("device", "till-1"), "k", "the token's role is not backend"),
            (Path, Print, HubUnderTest.Token("web", "anna"), "k", "the token's role is not backend"),
            (Path + "?branch=south", Print, null, "k", "the token is not for the branch south, but for north"),
            (Path, Print, Backend("""{"ask":["till-1/open"]}"""), "k", "the token's hub.ask has no entry for till-1/print"),
            ("/_hub/rooms/orders/events", """{"data":1}""", Backend("{}"), null, "the token's hub.publish has no entry for the room orders"),
            ("/_hub/devices/till-9/requests", Print, null, "k", "no device till-9 was ever connected in branch north"),
            ("/_hub/devices/till%201/requests", Print, null, "k", "the name in the path must be"),
            (Path, Print, null, null, "Idempotency-Key must be there"),
            (Path, Print, null, "a key", "Idempotency-Key must be 1 to 128 of"),
            (Path, """{"op":"print","part":"a/b"}""", null, "k", "part must be 1 to 128 of"),
            (Path, """{"op":"print","notify":true}""", null, "k", "this hub has no HUB_WEBHOOK_URL"),
            (Path, "[]", null, "k", "the body is one JSON object"),
            (Path, """{"op":"print","ttl_ms":0}""", null, "k", "the device is not connected, and ttl_ms is 0"),
            ("/_hub/devices", Print, null, null, "this path takes GET only"),
            ("/_hub/nothing", Print, null, null, "what there is says /_hub/openapi.json"),
            ("/hub", Print, null, null, "/hub is a WebSocket"),
        ];
        foreach (var (path, body, token, key, says) in cases)
        {
            using var answer = await hub.SendAsync(HttpMethod.Post, path, body, token, key is null ? [] : [("Idempotency-Key", key)]);
            var json = await JsonAsync(answer);
            Assert.Contains(says, json.Text("message"), StringComparison.Ordinal);
            Assert.Equal("err", json.Text("t"));
        }

        using var bare = await hub.Http.GetAsync(new Uri("/_hub/devices", UriKind.Relative));
        Assert.Contains("send Authorization: Bearer TOKEN", (await JsonAsync(bare)).Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancel_and_an_expired_request_have_their_statuses()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using (var once = await hub.DeviceAsync())
        {
        }

        using var queued = await hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", Print, null, ("Idempotency-Key", "k1"));
        var request = (await JsonAsync(queued)).Text("request");
        using var canceled = await hub.SendAsync(HttpMethod.Delete, $"/_hub/requests/{request}");
        Assert.Equal((HttpStatusCode.Accepted, "canceled"), (canceled.StatusCode, (await JsonAsync(canceled)).Text("state")));
        using var foreign = await hub.SendAsync(HttpMethod.Get, $"/_hub/requests/{request}", token: HubUnderTest.Token("backend", "shop", "south"));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        using var expired = await hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", """{"op":"print","ttl_ms":1}""", null, ("Idempotency-Key", "k2"), ("Prefer", "wait=30"));
        Assert.Equal((HttpStatusCode.Gone, "expired"), (expired.StatusCode, (await JsonAsync(expired)).Text("state")));
    }

    [Fact]
    public async Task An_event_that_is_published_over_http_reaches_who_is_in_the_room()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"sub","id":"s","room":"orders"}""");
        await shop.NextAsync("ok");
        using var first = await hub.SendAsync(HttpMethod.Post, "/_hub/rooms/orders/events", """{"data":{"no":1}}""", null, ("Idempotency-Key", "o1"));
        using var again = await hub.SendAsync(HttpMethod.Post, "/_hub/rooms/orders/events", """{"data":{"no":1}}""", null, ("Idempotency-Key", "o1"));
        Assert.Equal((1, 1), ((await JsonAsync(first)).GetProperty("offset").GetInt32(), (await JsonAsync(again)).GetProperty("offset").GetInt32()));
        Assert.Equal(1, (await shop.NextAsync("evt")).GetProperty("data").GetProperty("no").GetInt32());
        Assert.Empty(await shop.UntilPongAsync());
    }

    [Fact]
    public async Task Devices_are_shown_as_they_said_they_are_and_only_in_their_branch()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var other = await hub.DeviceAsync("till-9", "south");
        using var list = await hub.SendAsync(HttpMethod.Get, "/_hub/devices");
        var device = (await JsonAsync(list)).GetProperty("devices").EnumerateArray().Single();
        Assert.Equal(("till-1", "till", true), (device.Text("id"), device.Text("kind"), device.GetProperty("online").GetBoolean()));
        using var foreign = await hub.SendAsync(HttpMethod.Get, "/_hub/devices/till-9");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        till.Cut();
        for (var online = true; online;)
        {
            using var one = await hub.SendAsync(HttpMethod.Get, "/_hub/devices/till-1");
            online = (await JsonAsync(one)).GetProperty("online").GetBoolean();
        }
    }

    [Fact]
    public async Task Health_needs_no_token_and_the_description_names_every_route()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        foreach (var path in (string[])["/health", "/livez", "/readyz", "/_hub/openapi.json"])
        {
            Assert.Equal(HttpStatusCode.OK, (await hub.Http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        }

        using var document = JsonDocument.Parse(OpenApi.Text);
        var described = document.RootElement.GetProperty("paths").EnumerateObject()
            .Select(p => (Route: ApiRoute.Of(p.Name.Replace("{id}", "x", StringComparison.Ordinal).Replace("{room}", "x", StringComparison.Ordinal)), Methods: p.Value))
            .ToDictionary(p => p.Route.Kind, p => p);
        Assert.Equal(Enum.GetValues<ApiKind>().Except([ApiKind.Socket, ApiKind.BadName, ApiKind.Nothing]).Order(), described.Keys.Order());
        Assert.All(described.Values, d => Assert.All(d.Route.Methods, m => Assert.True(d.Methods.TryGetProperty(m.ToLowerInvariant(), out _), $"{d.Route} {m}")));
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }
}
