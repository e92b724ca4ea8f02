using System.Net.WebSockets;
using System.Text;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Realtime.Ingest.Service;
using Mainstay.Realtime.Tests.Ingest.Dialects;
using Mainstay.Realtime.Tests.Ingest.Outbox;

namespace Mainstay.Realtime.Tests.Ingest.Service;

public sealed class TelephonyServiceTests : IDisposable
{
    private static readonly AuthPolicy s_anybody = new() { Methods = [AuthMethod.None] };
    private static readonly AuthPolicy s_nobody = new() { Methods = [AuthMethod.Basic], Basic = [new("exotel", "right")] };

    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-ingest-").FullName;
    private readonly ScriptedBroker _broker = new();

    public TelephonyServiceTests() => _broker.Up();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("exotel", DialectMessages.ExotelStart, "pcm16", "16000")]
    [InlineData("twilio", DialectMessages.TwilioStart, "mulaw", "8000")]
    [InlineData("telnyx", DialectMessages.TelnyxStart, "mulaw", "8000")]
    public async Task A_call_from_start_to_stop(string name, string start, string encoding, string rate)
    {
        var dialect = Dialect.All.Single(d => d.Name == name);
        await using var ingest = Ingest();
        using var call = await ingest.ConnectAsync(dialect.Route);
        await call.TextAsync("""{"event":"connected"}""");
        await call.TextAsync(start);
        for (var i = 2; i <= 11; i++)
        {
            var media = DialectMessages.Media(dialect, i, [(byte)i, 0]);
            await (i % 2 == 0 ? call.FrameAsync(media) : call.TextAsync(Encoding.UTF8.GetString(media)));
        }

        await call.TextAsync("nonsense");
        await call.TextAsync($$$"""{"event":"dtmf","{{{dialect.Sequence}}}":12,"dtmf":{"digit":"5"}}""");
        await call.TextAsync("""{"event":"stop","stop":{"reason":"callended"}}""");
        await call.RestAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, call.Status);
        await OutboxUnderTest.UntilAsync(() => Events().Count() == 3);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"ac1 ca1 st1 {i} {rate} {encoding} {i + 1}"), Frames());
        Assert.Equal(["started", "dtmf", "stopped"], Events());
        var stopped = _broker.Stored.Last(r => r.Topic == "audio_events").Fields.ToDictionary();
        Assert.Equal(("callended", "10", "0"), (stopped["reason"], stopped["received"], stopped["lost"]));
        Assert.Equal(1, (int)(await ingest.GetAsync("/health")).Body["malformedMessages"]!);
    }

    [Fact]
    public async Task The_time_of_a_frame_is_the_start_of_the_call_and_what_the_carrier_counts_from_it()
    {
        await using var ingest = Ingest();
        using var call = await ingest.ConnectAsync(Dialect.Exotel.Route);
        var began = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await call.TextAsync(DialectMessages.ExotelStart);
        await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, 2, [1, 1]));
        await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, 3, [2, 2]));
        await OutboxUnderTest.UntilAsync(() => Frames().Count() == 2);

        var times = _broker.Stored.Where(r => r.Topic == "audio_stream").Select(r => long.Parse(r.Fields.ToDictionary()["timestamp_ms"], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.InRange(times[0], began - 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Assert.Equal(100, times[1] - times[0]);
    }

    [Fact]
    public async Task A_call_without_a_start_begins_with_its_audio_and_a_hole_is_told_of()
    {
        await using var ingest = Ingest();
        using var call = await ingest.ConnectAsync(Dialect.Exotel.Route);
        foreach (var sequence in (int[])[5, 6, 6, 9, 10])
        {
            await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, sequence, [(byte)sequence, 0]));
        }

        await call.TextAsync("""{"event":"stop"}""");
        await call.RestAsync();
        await OutboxUnderTest.UntilAsync(() => Events().Count() == 3);

        Assert.Equal(["unknown st1 st1 1 8000 pcm16 5", "unknown st1 st1 2 8000 pcm16 6", "unknown st1 st1 3 8000 pcm16 9", "unknown st1 st1 4 8000 pcm16 10"], Frames());
        Assert.Equal(["started", "gap", "stopped"], Events());
        var gap = _broker.Stored.Single(r => r.Topic == "audio_events" && r.Fields[0].Value == "gap").Fields.ToDictionary();
        Assert.Equal(("7", "8", "2"), (gap["carrier_from"], gap["carrier_to"], gap["after_seq"]));
        var health = (await ingest.GetAsync("/health")).Body;
        Assert.Equal((2, 1), ((int)health["missingMessages"]!, (int)health["duplicateMessages"]!));
    }

    [Fact]
    public async Task The_figures_tell_of_each_dialect_what_its_carriers_sent()
    {
        await using var ingest = Ingest();
        using var open = await ingest.ConnectAsync(Dialect.Twilio.Route);
        await open.TextAsync(DialectMessages.TwilioStart);
        using var call = await ingest.ConnectAsync(Dialect.Exotel.Route);
        foreach (var sequence in (int[])[5, 6, 6, 9, 10])
        {
            await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, sequence, [(byte)sequence, 0]));
        }

        await call.TextAsync("nonsense");
        await call.TextAsync("""{"event":"stop"}""");
        await call.RestAsync();
        await OutboxUnderTest.UntilAsync(() => Events().Count() == 4);

        var text = await ingest.TextAsync("/metrics");
        Assert.All(
            (string[])[
                "calls{dialect=\"twilio\"} 1", "frames_total{dialect=\"exotel\"} 4", "frames_total{dialect=\"telnyx\"} 0", "frames_lost_total{dialect=\"exotel\"} 0", "gaps_total{dialect=\"exotel\"} 1",
                "messages_missing_total{dialect=\"exotel\"} 2", "messages_duplicate_total{dialect=\"exotel\"} 1", "messages_malformed_total{dialect=\"exotel\"} 1", "messages_late_total{dialect=\"exotel\"} 0"],
            line => Assert.Contains($"mainstay_ingest_carrier_{line}\n", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_stays_while_the_process_drains_and_new_ones_are_refused()
    {
        await using var ingest = Ingest();
        using var call = await ingest.ConnectAsync(Dialect.Exotel.Route);
        await call.TextAsync(DialectMessages.ExotelStart);
        await OutboxUnderTest.UntilAsync(() => Events().Count() == 1);
        var stopping = ingest.StopAsync();
        await OutboxUnderTest.UntilAsync(() => ingest.GetAsync("/readyz").GetAwaiter().GetResult().Status == 503);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ingest.ConnectAsync(Dialect.Exotel.Route));
        Assert.Contains("503", refused.Message, StringComparison.Ordinal);
        await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, 2, [7, 7]));
        await OutboxUnderTest.UntilAsync(() => Frames().Count() == 1);
        Assert.False(stopping.IsCompleted);
        await call.TextAsync("""{"event":"stop"}""");
        await call.RestAsync();
        await stopping;

        Assert.Equal((1000, "stopped"), ((int)call.Status!, call.Reason));
        Assert.Equal(["started", "stopped"], Events());
    }

    [Fact]
    public async Task At_the_bound_of_the_drain_a_call_is_closed_with_1012()
    {
        await using var ingest = Ingest(t => t with { Drain = TimeSpan.Zero });
        using var call = await ingest.ConnectAsync(Dialect.Twilio.Route);
        await call.TextAsync(DialectMessages.TwilioStart);
        await OutboxUnderTest.UntilAsync(() => Events().Count() == 1);
        var stopping = ingest.StopAsync();
        await call.RestAsync();
        await stopping;

        Assert.Equal(1012, (int)call.Status!);
        Assert.Equal(["started", "cut"], Events());
    }

    [Fact]
    public async Task An_exotel_call_without_audio_is_over_after_its_time()
    {
        await using var ingest = Ingest(t => t with { ExotelIdle = TimeSpan.FromMilliseconds(200) });
        using var call = await ingest.ConnectAsync(Dialect.Exotel.Route);
        await call.TextAsync(DialectMessages.ExotelStart);
        await call.RestAsync();

        Assert.Equal((1000, "idle"), ((int)call.Status!, call.Reason));
    }

    [Fact]
    public async Task Without_its_variable_a_route_does_not_exist_and_with_it_nobody_comes_in_without_proof()
    {
        await using var none = Ingest(t => t with { Routes = [] });
        Assert.Contains("404", (await Assert.ThrowsAsync<WebSocketException>(() => none.ConnectAsync(Dialect.Exotel.Route))).Message, StringComparison.Ordinal);
        await using var guarded = Ingest(t => t with { Routes = [(Dialect.Exotel, s_nobody)] });
        Assert.Contains("401", (await Assert.ThrowsAsync<WebSocketException>(() => guarded.ConnectAsync(Dialect.Exotel.Route))).Message, StringComparison.Ordinal);
        Assert.Contains("401", (await Assert.ThrowsAsync<WebSocketException>(() => guarded.ConnectAsync(Dialect.Exotel.Route + "?path=x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_native_route_who_is_admitted_as_both_says_by_his_first_message_what_he_is()
    {
        await using var ingest = Ingest(t => t with { ExotelAtRoot = true });
        using var call = await ingest.ConnectAsync();
        await call.FrameAsync(Encoding.UTF8.GetBytes(DialectMessages.ExotelStart));
        await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, 2, [7, 7]));
        using var native = await ingest.ConnectAsync();
        Assert.Equal("started", (string)(await native.StartAsync())["event"]!);
        await OutboxUnderTest.UntilAsync(() => Frames().Count() == 1);
    }

    [Fact]
    public async Task At_the_native_route_who_is_admitted_as_native_only_must_speak_native()
    {
        await using var ingest = Ingest(t => t with { ExotelAtRoot = true, Routes = [(Dialect.Exotel, s_nobody)] });
        using var call = await ingest.ConnectAsync();
        await call.TextAsync(DialectMessages.ExotelStart);
        await call.RestAsync();

        Assert.Equal(1008, (int)call.Status!);
    }

    [Fact]
    public async Task Whoever_is_refused_where_clients_and_a_carrier_share_a_route_is_told_both_ways_in()
    {
        var telephony = new TelephonyOptions { ExotelAtRoot = true, Routes = [(Dialect.Exotel, s_nobody)] };
        var tokens = AuthPolicyReader.Read(new Dictionary<string, string> { [AuthVariables.JwtSecret] = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)) }, "/v1/ingest").Policy!;
        await using var ingest = new IngestUnderTest(_broker, _folder, o => o with { Auth = tokens, Telephony = telephony });
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new($"ws://127.0.0.1:{ingest.Port}/v1/ingest"), TestContext.Current.CancellationToken));
        var challenge = string.Join(", ", socket.HttpResponseHeaders!["WWW-Authenticate"]);
        Assert.Contains("Bearer", challenge, StringComparison.Ordinal);
        Assert.Contains("Basic", challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_tenant_can_have_all_calls()
    {
        await using var ingest = Ingest(t => t with { Tenant = "ours" });
        using var call = await ingest.ConnectAsync(Dialect.Exotel.Route);
        await call.TextAsync(DialectMessages.ExotelStart);
        await call.FrameAsync(DialectMessages.Media(Dialect.Exotel, 2, [7, 7]));
        await OutboxUnderTest.UntilAsync(() => Frames().Count() == 1);

        Assert.StartsWith("ours ca1", Frames().Single(), StringComparison.Ordinal);
    }

    private IngestUnderTest Ingest(Func<TelephonyOptions, TelephonyOptions>? change = null)
    {
        var telephony = new TelephonyOptions { Routes = [.. Dialect.All.Select(d => (d, s_anybody))] };
        return new(_broker, _folder, o => o with { Telephony = change?.Invoke(telephony) ?? telephony });
    }

    private IEnumerable<string> Frames() => _broker.Stored.Where(r => r.Topic == "audio_stream").Select(r =>
    {
        var fields = r.Fields.ToDictionary();
        return $"{fields["tenant_id"]} {fields["interaction_id"]} {fields["stream_sid"]} {fields["seq"]} {fields["sample_rate"]} {fields["encoding"]} {r.Body.Span[0]}";
    });

    private IEnumerable<string> Events() => _broker.Stored.Where(r => r.Topic == "audio_events").Select(r => r.Fields[0].Value);
}
