using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Realtime.Simulator;
using Mainstay.Realtime.Tests.Ingest.Outbox;
using Mainstay.Realtime.Tests.Ingest.Service;

namespace Mainstay.Realtime.Tests.Simulator;

public sealed class SimulatorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mi-").FullName;
    private readonly ScriptedBroker _broker = new();

    public SimulatorTests() => _broker.Up();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("native", "", 10)]
    [InlineData("exotel", "/exotel", 10)]
    [InlineData("twilio", "/twilio", 50)]
    public async Task Calls_that_nothing_cuts_end_well_and_all_they_said_is_stored(string dialect, string path, int frames)
    {
        await using var ingest = Ingest();
        var (options, _) = SimulatorOptions.Read([dialect, "--url", $"ws://127.0.0.1:{ingest.Port}/v1/ingest{path}", "--calls", "3", "--seconds", "1"]);
        var reports = await SimulatorRole.SimulateAsync(options!, TimeProvider.System, CancellationToken.None);

        Assert.All(reports, r => Assert.Equal((frames, dialect == "native" ? frames : null, true, 1000), ((int)r.Sent, (int?)r.Acked, r.Ended, r.CloseCode)));
        await OutboxUnderTest.UntilAsync(() => _broker.Stored.Count(r => r.Topic == "audio_stream") == 3 * frames);
    }

    [Fact]
    public async Task A_call_that_is_cut_or_refused_is_said_to_be()
    {
        await using var ingest = Ingest();
        var (options, _) = SimulatorOptions.Read(["exotel", "--url", $"ws://127.0.0.1:{ingest.Port}/v1/ingest/exotel", "--calls", "1", "--seconds", "600"]);
        var calling = SimulatorRole.SimulateAsync(options!, TimeProvider.System, CancellationToken.None);
        await OutboxUnderTest.UntilAsync(() => _broker.Stored.Any(r => r.Topic == "audio_stream"));
        var stopping = ingest.StopAsync();
        Assert.Equal((false, 1012), (await calling) is [var cut] ? (cut.Ended, cut.CloseCode) : default);
        await stopping;
        var refused = Assert.Single(await SimulatorRole.SimulateAsync(options!, TimeProvider.System, CancellationToken.None));
        Assert.Equal((false, null, 0L), (refused.Ended, refused.CloseCode, refused.Sent));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pigeon --url ws://x/")]
    [InlineData("exotel")]
    [InlineData("exotel --url http://x/")]
    [InlineData("exotel --url ws://x/ --calls 0")]
    [InlineData("exotel --url ws://x/ --calls 1001")]
    [InlineData("exotel --url ws://x/ --seconds x")]
    [InlineData("exotel --url ws://x/ --basic nocolon")]
    [InlineData("exotel --url ws://x/ --loud yes")]
    [InlineData("exotel --url")]
    public async Task Wrong_arguments_are_told_and_exit_with_2(string args)
    {
        var words = args.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.NotEmpty(SimulatorOptions.Read(words).Fault);
        Assert.Equal(2, await SimulatorRole.RunAsync(words));
    }

    private IngestUnderTest Ingest() => new(
        _broker, _folder, o => o with { Telephony = new() { Routes = [.. Dialect.All.Select(d => (d, new AuthPolicy { Methods = [AuthMethod.None] }))], Drain = TimeSpan.Zero } });
}
