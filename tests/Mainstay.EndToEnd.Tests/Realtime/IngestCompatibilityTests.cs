
namespace Mainstay.EndToEnd.Tests.Realtime;

/// <summary>Clients and consumers of the service before this one, and clients of other makes, go on as they are.</summary>
public sealed class IngestCompatibilityTests
{
    private const int Seed = 3;

    [Theory]
    [InlineData("fields")]
    [InlineData("json_base64")]
    public async Task An_old_client_is_acknowledged_at_each_interval_and_its_tail_and_all_it_sent_stands_in_the_stream(string format)
    {
        await using var stack = await IngestStack.UpAsync($"RECORD_FORMAT: {format}");
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        // 57 is no multiple of 10: the last seven frames are acknowledged as well.
        var seen = await IngestForeignClient.CallAsync(stack, "node", "old", Seed, 57, new() { ["step"] = 10 });

        Assert.Empty(seen.Others);
        Assert.Equal("old", seen.Started.Single()["interaction_id"]!.GetValue<string>());
        Assert.Equal(seen.AckedSeqs.Order().Distinct(), seen.AckedSeqs);
        Assert.Superset(new HashSet<long> { 10, 20, 30, 40, 50, 57 }, seen.AckedSeqs.ToHashSet());
        Assert.All(seen.Acks, ack => Assert.Equal("broker", ack["level"]!.GetValue<string>()));
        await MustStandAsync(stack, "old", seen.Session, 57);
        Assert.All(await stack.StoredAsync("old"), frame =>
        {
            Assert.Equal(("tenant-a", 16000, "pcm16"), (frame.Tenant, frame.SampleRate, frame.Encoding));
            Assert.InRange(frame.TimestampMs, before, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        });
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task A_stop_is_answered_by_the_last_ack_then_stopped_then_1000(string client)
    {
        await using var stack = await IngestStack.UpAsync("ACK_INTERVAL: \"7\"");

        var seen = await IngestForeignClient.CallAsync(stack, client, "int-1", Seed, 200, new() { ["stop"] = true });

        Assert.Equal(200, seen.AckedSeqs[^1]);
        Assert.Equal((7, 3000), (seen.Started.Single()["ack_interval"]!.GetValue<int>(), seen.Started[0]["window_ms"]!.GetValue<int>()));
        Assert.Equal("""{"event":"stopped","frames":200,"lost":0}""", seen.Others.Single().ToJsonString());
        Assert.Equal(1000, seen.Closes.Single()["code"]!.GetValue<int>());
        await MustStandAsync(stack, "int-1", seen.Session, 200);
        var events = (await stack.Redis.EntriesAsync("audio_events")).Select(e => string.Join(' ', e.Take(2).Append(e[3]).Append(e[5]).Append(e[7]).Select(System.Text.Encoding.UTF8.GetString)));
        Assert.Equal([$"event started tenant-a int-1 {seen.Session}", $"event stopped tenant-a int-1 {seen.Session}"], events);
    }

    [Fact]
    public async Task Each_tenant_can_have_a_stream_of_its_own()
    {
        await using var stack = await IngestStack.UpAsync("STREAM_TOPIC: \"audio.{tenant_id}\"");

        await IngestForeignClient.CallAsync(stack, "node", "int-1", Seed, 20, new() { ["stop"] = true });

        Assert.Equal(20, (await stack.StoredAsync("int-1", "audio.tenant-a")).Length);
        Assert.Equal(0L, await stack.Redis.AskAsync("EXISTS", "audio_stream"));
    }

    private static Task MustStandAsync(IngestStack stack, string interaction, string session, int frames) =>
        stack.MustHoldAsync(interaction, session, frames, number => IngestCall.Frame(Seed, number, 3200));
}
