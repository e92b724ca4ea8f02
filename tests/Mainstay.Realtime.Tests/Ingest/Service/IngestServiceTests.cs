using System.Net.WebSockets;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Tests.Ingest.Outbox;

namespace Mainstay.Realtime.Tests.Ingest.Service;

public sealed class IngestServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mainstay-ingest-").FullName;
    private readonly ScriptedBroker _broker = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_call_from_start_to_stop()
    {
        _broker.Up();
        await using var ingest = new IngestUnderTest(_broker, _folder);
        using var client = await ingest.ConnectAsync();
        var started = await client.StartAsync();
        Assert.Equal(("started", "i1", 1, 10, 3000), ((string)started["event"]!, (string)started["interaction_id"]!, (int)started["next_seq"]!, (int)started["ack_interval"]!, (int)started["window_ms"]!));
        for (byte i = 1; i <= 12; i++)
        {
            await client.FrameAsync(i, 0);
        }

        await client.TextAsync("""{"event":"stop"}""");
        var rest = await client.RestAsync();

        Assert.Contains("""{"event":"ack","seq":10,"level":"broker"}""", rest);
        Assert.Equal(["""{"event":"ack","seq":12,"level":"broker"}""", """{"event":"stopped","frames":12,"lost":0}"""], rest[^2..]);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Status);
        var frames = _broker.Stored.Where(r => r.Topic == "audio_stream").ToList();
        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"t1 i1 {started["session"]} {i} 16000 pcm16 {i}"), frames.Select(f =>
        {
            var fields = f.Fields.ToDictionary();
            return $"{fields["tenant_id"]} {fields["interaction_id"]} {fields["session"]} {fields["seq"]} {fields["sample_rate"]} {fields["encoding"]} {f.Body.Span[0]}";
        }));
        await OutboxUnderTest.UntilAsync(() => Events().Count() == 2);
        Assert.Equal(["started", "stopped"], Events());
    }

    [Fact]
    public async Task An_outbox_that_faults_ends_the_service_with_its_fault()
    {
        await using var ingest = new IngestUnderTest(new FaultyBroker(), _folder);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ingest.Ended.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));

        Assert.Equal("a fault of ours", fault.Message);
    }

    [Fact]
    public async Task Its_figures_say_what_came_where_it_went_and_what_was_refused()
    {
        await using var ingest = new IngestUnderTest(_broker, _folder);
        using (var client = await ingest.ConnectAsync())
        {
            await client.StartAsync();
            for (var i = 0; i < 10; i++)
            {
                await client.FrameAsync(1, 2);
            }

            await client.NextAsync();
            await Assert.ThrowsAsync<WebSocketException>(() => ingest.ConnectAsync("/elsewhere"));
            var figures = await ingest.TextAsync("/metrics");
            foreach (var line in (string[])[
                "mainstay_ingest_frames_received_total 10", "mainstay_ingest_bytes_received_total 20", "mainstay_ingest_broker_up 0", "mainstay_ingest_can_store 1", "mainstay_ingest_calls 1",
                "mainstay_ingest_connections 1", "mainstay_ingest_records_stored_total{level=\"broker\"} 0", "mainstay_ingest_records_stored_total{level=\"spool\"} 11", "mainstay_ingest_store_seconds_count 11",
                "mainstay_ingest_refused_total{code=\"no_route\"} 1", "# TYPE mainstay_ingest_store_seconds histogram"])
            {
                Assert.Contains(line + "\n", figures, StringComparison.Ordinal);
            }
        }

        _broker.Up();
        await OutboxUnderTest.UntilAsync(() => _broker.Stored.Count(r => r.Topic == "audio_stream") == 10);
        Assert.Contains("mainstay_ingest_broker_up 1\n", await ingest.TextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_broker_a_call_goes_on_and_its_acks_say_where_the_frames_are()
    {
        await using var ingest = new IngestUnderTest(_broker, _folder);
        using var client = await ingest.ConnectAsync();
        await client.StartAsync();
        Assert.Equal((200, "degraded", false), await HealthAsync(ingest));
        for (var i = 0; i < 10; i++)
        {
            await client.FrameAsync(1, 2);
        }

        Assert.Equal("""{"event":"ack","seq":10,"level":"spool"}""", (await client.NextAsync())!.ToJsonString());
        _broker.Up();
        await OutboxUnderTest.UntilAsync(() => _broker.Stored.Count(r => r.Topic == "audio_stream") == 10);
        Assert.Equal((200, "healthy", true), await HealthAsync(ingest));
    }

    [Fact]
    public async Task A_client_that_comes_back_is_told_what_is_wanted_next()
    {
        _broker.Up();
        await using var ingest = new IngestUnderTest(_broker, _folder);
        string session;
        using (var first = await ingest.ConnectAsync())
        {
            session = (string)(await first.StartAsync())["session"]!;
            for (var i = 0; i < 15; i++)
            {
                await first.FrameAsync(1, 2);
            }

            await OutboxUnderTest.UntilAsync(() => _broker.Stored.Count(r => r.Topic == "audio_stream") == 15);
        }

        using var second = await ingest.ConnectAsync();
        var started = await second.StartAsync(more: $$""","resume":{"session":"{{session}}","next_seq":11}""");
        Assert.Equal((session, 16), ((string)started["session"]!, (int)started["next_seq"]!));
        await second.FrameAsync(1, 2);

        Assert.Equal("""{"event":"ack","seq":16,"level":"broker"}""", (await second.NextAsync())!.ToJsonString());
    }

    [Fact]
    public async Task A_service_that_ends_tells_its_clients_when_to_come_back_and_loses_nothing()
    {
        _broker.Up();
        await using var ingest = new IngestUnderTest(_broker, _folder);
        using var client = await ingest.ConnectAsync();
        await client.StartAsync();
        await client.FrameAsync(1, 2);
        await OutboxUnderTest.UntilAsync(() => _broker.Stored.Count(r => r.Topic == "audio_stream") == 1);
        var stopping = ingest.StopAsync();
        var rest = await client.RestAsync();
        await stopping;

        Assert.Contains("""{"event":"ack","seq":1,"level":"broker"}""", rest);
        Assert.StartsWith("""{"event":"drain","retry_ms":""", rest[^1], StringComparison.Ordinal);
        Assert.Equal(1012, (int)client.Status!);
        Assert.Matches("^retry_ms=[0-9]+;resume=1$", client.Reason);
        Assert.Equal(["started", "cut"], Events());
    }

    [Theory]
    [InlineData("nonsense", 1007, "bad_message")]
    [InlineData("""{"event":"stop"}""", 1008, "bad_start")]
    [InlineData("""{"event":"start"}""", 1008, "bad_start")]
    public async Task What_cannot_be_a_start_ends_the_connection_and_says_why(string first, int status, string code)
    {
        await using var ingest = new IngestUnderTest(_broker, _folder);
        using var client = await ingest.ConnectAsync();
        await client.TextAsync(first);

        Assert.Contains($"\"code\":\"{code}\"", Assert.Single(await client.RestAsync()), StringComparison.Ordinal);
        Assert.Equal((status, code), ((int)client.Status!, client.Reason));
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_connection_with_1009()
    {
        await using var ingest = new IngestUnderTest(_broker, _folder, o => o with { MaxMessageBytes = 10_000 });
        using var client = await ingest.ConnectAsync();
        await client.StartAsync();
        await client.FrameAsync(new byte[20_000]);
        await client.RestAsync();

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.Status);
    }

    [Fact]
    public async Task Other_paths_are_http_and_say_what_there_is()
    {
        await using var ingest = new IngestUnderTest(_broker, _folder);

        Assert.Equal(404, (await ingest.GetAsync("/nothing")).Status);
        Assert.Equal(426, (await ingest.GetAsync("/v1/ingest")).Status);
        Assert.Equal((200, "alive"), ((await ingest.GetAsync("/livez")).Status, (string)(await ingest.GetAsync("/livez")).Body["status"]!));
        Assert.Equal(200, (await ingest.GetAsync("/readyz")).Status);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ingest.ConnectAsync("/elsewhere"));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Word, bool PubSub)> HealthAsync(IngestUnderTest ingest)
    {
        var (status, body) = await ingest.GetAsync("/health");
        return (status, (string)body["status"]!, (bool)body["pubsub"]!);
    }

    private IEnumerable<string> Events() => _broker.Stored.Where(r => r.Topic == "audio_events").Select(r => r.Fields[0].Value);

    /// <summary>It does what no broker may.</summary>
    private sealed class FaultyBroker : IBroker
    {
        public string Name => "faulty";

        public Task<IBrokerSession> ConnectAsync(CancellationToken token) => Task.FromException<IBrokerSession>(new InvalidOperationException("a fault of ours"));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
