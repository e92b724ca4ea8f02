using System.Net;
using System.Text.Json;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Hub.Service;

/// <summary>Results as a stream of events.</summary>
public sealed class HubStreamTests : IDisposable
{
    private const string Ask = "/_hub/devices/till-1/requests";
    private const string Print = """{"op":"print"}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("hub-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_request_is_told_state_by_state_and_the_stream_ends_with_it()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        using var stream = await EventStreamReader.OpenAsync(hub, Ask, body: Print);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (stream.Status, stream.Type));
        Assert.StartsWith("/_hub/requests/", stream.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["queued", "sent"], [(await stream.NextAsync())!.State, (await stream.NextAsync())!.State]);
        var id = (await till.NextAsync("req")).Text("id");
        await till.SendAsync($$"""{"t":"ack","id":"{{id}}"}""");
        Assert.Equal("accepted", (await stream.NextAsync())!.State);
        await till.SendAsync("{\"t\":\"res\",\"id\":\"" + id + "\",\"ok\":true,\"data\":{\r\n\"pages\":\n 1}}");
        var done = (await stream.NextAsync())!;
        Assert.Equal(("message", "done", 1), (done.Kind, done.State, done.Data.GetProperty("data").GetProperty("pages").GetInt32()));
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task Who_comes_back_gets_what_is_new_and_stops_when_nothing_follows()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        using var queued = await hub.SendAsync(HttpMethod.Post, Ask, Print, null, ("Idempotency-Key", "k"));
        var path = queued.Headers.Location!.ToString();
        using var first = await EventStreamReader.OpenAsync(hub, path);
        var sent = (await first.NextAsync())!;
        using var again = await EventStreamReader.OpenAsync(hub, path, sent.Id);
        _ = new CountingDevice().ServeAsync(till);
        var rest = await again.AllAsync();
        Assert.Equal(["accepted", "done"], rest.Select(e => e.State));
        using var over = await EventStreamReader.OpenAsync(hub, path, rest[^1].Id);
        Assert.Equal(HttpStatusCode.NoContent, over.Status);
        using var late = await EventStreamReader.OpenAsync(hub, path, sent.Id);
        Assert.Equal(["done"], (await late.AllAsync()).Select(e => e.State));
    }

    [Fact]
    public async Task A_place_outlives_the_hub()
    {
        string path, id;
        await using (var before = await HubUnderTest.StartAsync(_folder))
        {
            await using var till = await before.DeviceAsync();
            _ = new CountingDevice().ServeAsync(till);
            using var stream = await EventStreamReader.OpenAsync(before, Ask, body: Print);
            path = stream.Headers.Location!.ToString();
            id = (await stream.AllAsync())[^1].Id;
        }

        await using var hub = await HubUnderTest.StartAsync(_folder);
        using var over = await EventStreamReader.OpenAsync(hub, path, id);
        Assert.Equal(HttpStatusCode.NoContent, over.Status);
        using var anew = await EventStreamReader.OpenAsync(hub, path);
        Assert.Equal(["done"], (await anew.AllAsync()).Select(e => e.State));
    }

    [Fact]
    public async Task A_stream_of_all_has_what_the_token_may_ask_in_its_branch_and_nothing_else()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        await using var other = await hub.DeviceAsync("till-2");
        await using var foreign = await hub.DeviceAsync("till-1", "south");
        foreach (var device in (HubPeer[])[till, other, foreign])
        {
            _ = new CountingDevice().ServeAsync(device);
        }

        using var all = await EventStreamReader.OpenAsync(hub, "/_hub/requests");
        using var one = await EventStreamReader.OpenAsync(hub, "/_hub/requests?device=till-2");
        using var narrow = await EventStreamReader.OpenAsync(hub, "/_hub/requests", token: HubUnderTest.Token("backend", "printer", hub: """{"ask":["till-2/*"]}"""));
        using var south = await EventStreamReader.OpenAsync(hub, "/_hub/requests", token: HubUnderTest.Token("backend", "shop", "south"));
        foreach (var stream in (EventStreamReader[])[all, one, narrow, south])
        {
            var resume = (await stream.NextAsync())!;
            Assert.Equal(("resume", false), (resume.Kind, resume.Data.GetProperty("resumed").GetBoolean()));
        }

        await DoneAsync(hub, "till-1", "a");
        await DoneAsync(hub, "till-2", "b");
        await DoneAsync(hub, "till-1", "c", "south");
        Assert.Equal(["a queued", "a sent", "a accepted", "a done", "b queued", "b sent", "b accepted", "b done"], await NextAsync(all, 8));
        Assert.Equal(["b queued", "b sent", "b accepted", "b done"], await NextAsync(one, 4));
        Assert.Equal(["b queued", "b sent", "b accepted", "b done"], await NextAsync(narrow, 4));
        Assert.Equal(["c queued", "c sent", "c accepted", "c done"], await NextAsync(south, 4));
    }

    [Fact]
    public async Task A_stream_of_all_goes_on_where_it_was_or_says_that_it_cannot()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { MaxStreamChanges = 6 });
        await using var till = await hub.DeviceAsync();
        _ = new CountingDevice().ServeAsync(till);
        string begin, middle;
        using (var stream = await EventStreamReader.OpenAsync(hub, "/_hub/requests"))
        {
            begin = (await stream.NextAsync())!.Id;
            await DoneAsync(hub, "till-1", "a");
            await NextAsync(stream, 2);
            middle = (await stream.NextAsync())!.Id;
        }

        await DoneAsync(hub, "till-1", "b");
        using var back = await EventStreamReader.OpenAsync(hub, "/_hub/requests", middle);
        Assert.True((await back.NextAsync())!.Data.GetProperty("resumed").GetBoolean());
        Assert.Equal(["a done", "b queued", "b sent", "b accepted", "b done"], await NextAsync(back, 5));
        await DoneAsync(hub, "till-1", "c");
        foreach (var lost in (string[])[begin, middle, "elsewhere:1", $"{begin.Split(':')[0]}:99", "nonsense"])
        {
            using var late = await EventStreamReader.OpenAsync(hub, "/_hub/requests", lost);
            Assert.False((await late.NextAsync())!.Data.GetProperty("resumed").GetBoolean(), lost);
        }
    }

    [Fact]
    public async Task Streams_are_refused_as_polls_are()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { MaxStreams = 1 });
        (string Path, string? Token, int Status)[] cases =
        [
            ("/_hub/requests", "nonsense", 401),
            ("/_hub/requests", HubUnderTest.Token("device", "till-1"), 403),
            ("/_hub/requests?branch=south", null, 403),
            ("/_hub/requests/unknown", null, 404),
        ];
        foreach (var (path, token, status) in cases)
        {
            using var refused = await EventStreamReader.OpenAsync(hub, path, token: token);
            Assert.StartsWith($"{status} {{", await refused.TextAsync(), StringComparison.Ordinal);
        }

        using var plain = await hub.SendAsync(HttpMethod.Get, "/_hub/requests");
        Assert.Equal(HttpStatusCode.NotAcceptable, plain.StatusCode);
        using var one = await EventStreamReader.OpenAsync(hub, "/_hub/requests");
        using var two = await EventStreamReader.OpenAsync(hub, "/_hub/requests");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (one.Status, two.Status));
    }

    [Fact]
    public async Task A_quiet_stream_shows_that_it_lives()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder, limits: l => l with { Ping = TimeSpan.FromMilliseconds(20) });
        using var stream = await EventStreamReader.OpenAsync(hub, "/_hub/requests");
        await stream.NextAsync();
        await stream.CommentAsync();
        await stream.CommentAsync();
        Assert.Equal(2, stream.Comments);
    }

    [Fact]
    public async Task A_stop_ends_streams_politely_and_who_waits_is_told_where_the_request_is()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        using var stream = await EventStreamReader.OpenAsync(hub, "/_hub/requests");
        await stream.NextAsync();
        var waiting = hub.SendAsync(HttpMethod.Post, Ask, Print, null, ("Idempotency-Key", "k"), ("Prefer", "wait=60"));
        await till.NextAsync("req");
        Assert.Equal(["queued", "sent"], [(await stream.NextAsync())!.State, (await stream.NextAsync())!.State]);
        await hub.DrainAsync();
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var rest = await stream.AllAsync();
        Assert.Equal(("drain", 1000), (rest[^1].Kind, rest[^1].Data.GetProperty("retry_ms").GetInt32()));
    }

    [Fact]
    public async Task A_stream_lasts_no_longer_than_its_token()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var hub = await HubUnderTest.StartAsync(_folder, time);
        using var stream = await EventStreamReader.OpenAsync(hub, "/_hub/requests", token: HubUnderTest.Token("backend", "shop", exp: time.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds()));
        await stream.NextAsync();
        time.Advance(TimeSpan.FromMinutes(2));
        var last = await stream.AllAsync();
        Assert.Equal("the token has expired", last[^1].Data.Text("reason"));
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_cut_and_holds_up_nobody()
    {
        await using var hub = await HubUnderTest.StartAsync(_folder);
        await using var till = await hub.DeviceAsync();
        using var silent = await EventStreamReader.OpenAsync(hub, "/_hub/requests");
        await silent.NextAsync();
        var data = new string('x', 200_000);
        for (var i = 0; i < 80; i++)
        {
            var waiting = hub.SendAsync(HttpMethod.Post, Ask, Print, null, ("Idempotency-Key", $"k{i}"), ("Prefer", "wait=60"));
            var id = (await till.NextAsync("req")).Text("id");
            await till.SendAsync($$"""{"t":"ack","id":"{{id}}"}""");
            await till.SendAsync($$"""{"t":"res","id":"{{id}}","ok":true,"data":"{{data}}"}""");
            using var answer = await waiting;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await Assert.ThrowsAnyAsync<IOException>(silent.AllAsync);
        Assert.Contains("\nmainstay_hub_streams_too_slow_total 1\n", await hub.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    private static async Task DoneAsync(HubUnderTest hub, string device, string key, string branch = "north")
    {
        using var answer = await hub.SendAsync(HttpMethod.Post, $"/_hub/devices/{device}/requests", Print, HubUnderTest.Token("backend", "shop", branch), ("Idempotency-Key", key), ("Prefer", "wait=30"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<IReadOnlyList<string>> NextAsync(EventStreamReader stream, int count)
    {
        var said = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var e = (await stream.NextAsync())!;
            said.Add($"{e.Data.Text("key")} {e.State}");
        }

        return said;
    }
}
