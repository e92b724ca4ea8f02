using System.Net;
using System.Text;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Tests.Ingest.Outbox;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>How a backend that does not wait learns what became of its requests.</summary>
public sealed class HubWebhookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_signature_is_the_hmac_of_time_and_body() => Assert.Equal(
        "t=1700000000,v1=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.ASCII.GetBytes(WebhookReceiver.Secret), "1700000000.{}"u8.ToArray())),
        new Webhook(new("http://h/x"), WebhookReceiver.Secret).Sign("{}"u8, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)));

    [Fact]
    public async Task The_end_of_a_request_that_nobody_waited_for_is_told_signed_and_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var hub = await HubUnderTest.StartAsync(_folder, webhook: receiver.Url);
        await using var till = await hub.DeviceAsync();
        using var asked = await AskAsync(hub, "order-1");
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        await PrintAsync(till);
        var notice = await receiver.NextAsync();
        Assert.Equal(
            ("notice", "done", "order-1", "device:till-1", "print", "north"),
            (notice.Text("t"), notice.Text("state"), notice.Text("key"), notice.Text("to"), notice.Text("op"), notice.Text("branch")));
        Assert.Equal(7, notice.GetProperty("data").GetProperty("pages").GetInt32());

        // Who waits for the end has it, and who asks so is told all the same.
        var waiting = AskAsync(hub, "order-2", ("Prefer", "wait=30"));
        await PrintAsync(till);
        using var waited = await waiting;
        Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
        using var again = await AskAsync(hub, "order-1");
        waiting = hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", """{"op":"print","data":{"no":1},"notify":true}""", null, ("Idempotency-Key", "order-3"), ("Prefer", "wait=30"));
        await PrintAsync(till);
        using var third = await waiting;
        Assert.Equal("order-3", (await receiver.NextAsync()).Text("key"));
        Assert.True(receiver.IsEmpty);
    }

    [Fact]
    public async Task A_notice_that_is_not_taken_is_told_again_also_by_the_hub_after_a_kill()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = 503;
        await using (var hub = await HubUnderTest.StartAsync(_folder, webhook: receiver.Url))
        {
            await using var till = await hub.DeviceAsync();
            using var asked = await AskAsync(hub, "order-1");
            await PrintAsync(till);
            await OutboxUnderTest.UntilAsync(() => receiver.Tries > 0);
            await hub.KillAsync();
        }

        receiver.Answer = 200;
        await using (var next = await HubUnderTest.StartAsync(_folder, webhook: receiver.Url))
        {
            Assert.Equal("order-1", (await receiver.NextAsync()).Text("key"));
            await OutboxUnderTest.UntilAsync(() => Figure(next, "mainstay_hub_notices") == 0);
        }

        // What was taken is not told by the one after.
        await using var last = await HubUnderTest.StartAsync(_folder, webhook: receiver.Url);
        await OutboxUnderTest.UntilAsync(() => Figure(last, "mainstay_hub_notices") == 0);
        Assert.True(receiver.IsEmpty);
    }

    [Fact]
    public async Task More_notices_than_there_is_room_for_lose_the_oldest()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = 503;
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { MaxNotices = 2 }, webhook: receiver.Url);
        await using var till = await hub.DeviceAsync();
        for (var i = 1; i <= 4; i++)
        {
            using var asked = await AskAsync(hub, $"order-{i}");
            await PrintAsync(till);
        }

        await OutboxUnderTest.UntilAsync(() => Figure(hub, "mainstay_hub_notices_lost_total") == 2);
        Assert.Equal(2, Figure(hub, "mainstay_hub_notices"));
    }

    [Fact]
    public async Task Without_a_webhook_nobody_can_ask_to_be_told()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        using var refused = await hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", """{"op":"print","notify":true}""", null, ("Idempotency-Key", "k"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public void A_webhook_needs_a_url_and_a_secret_that_nobody_guesses()
    {
        var (_, problems) = HubOptions.Read(new Dictionary<string, string> { ["HUB_WEBHOOK_URL"] = "ftp://x" });
        Assert.Contains(problems, p => p.Contains("HUB_WEBHOOK_URL", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("HUB_WEBHOOK_SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_hub_has_figures_for_this_machine_only()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var shop = await hub.BackendAsync();
        await shop.SendAsync("""{"t":"req","id":"1","to":"device:nobody","op":"print","key":"k"}""");
        await shop.NextAsync("err");
        await shop.SendAsync("""{"t":"pub","id":"2","room":"orders","data":1}""");
        await shop.NextAsync("ok");
        var text = await hub.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (var line in (string[])[
            "mainstay_hub_connections{role=\"device\"} 1", "mainstay_hub_connections{role=\"backend\"} 1", "mainstay_hub_connections{role=\"web\"} 0",
            "mainstay_hub_refused_total{code=\"unknown_device\"} 1", "mainstay_hub_room_events_total 1", "mainstay_hub_store_commit_seconds_count", "# TYPE mainstay_hub_requests gauge"])
        {
            Assert.Contains(line, text, StringComparison.Ordinal);
        }

        foreach (var (name, value) in ((string, string)[])[("X-Forwarded-For", "203.0.113.7"), ("X-Real-IP", "203.0.113.7"), ("Forwarded", "for=203.0.113.7"), ("Host", "rebound.example.com")])
        {
            using var outside = await hub.SendAsync(HttpMethod.Get, "/metrics", null, null, (name, value));
            Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
        }
    }

    private static Task<HttpResponseMessage> AskAsync(HubUnderTest hub, string key, params (string, string)[] headers) =>
        hub.SendAsync(HttpMethod.Post, "/_hub/devices/till-1/requests", """{"op":"print","data":{"no":1}}""", null, [("Idempotency-Key", key), .. headers]);

    private static async Task PrintAsync(HubPeer till)
    {
        var id = (await till.NextAsync("req")).Text("id");
        await till.SendAsync($$"""{"t":"ack","id":"{{id}}"}""");
        await till.SendAsync($$"""{"t":"res","id":"{{id}}","ok":true,"data":{"pages":7} }""");
    }

    private static double Figure(HubUnderTest hub, string name)
    {
        using var response = hub.Http.Send(new(HttpMethod.Get, "/metrics"));
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var line = reader.ReadToEnd().Split('\n').Single(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
