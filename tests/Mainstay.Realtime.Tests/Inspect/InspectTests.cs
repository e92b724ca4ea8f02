using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Adapters;
using Mainstay.Realtime.Adapters.Log;
using Mainstay.Realtime.Inspect;
using Mainstay.Testing;

namespace Mainstay.Realtime.Tests.Inspect;

/// <summary>Somebody looks into the streams of a service that goes on writing them.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("mainstay-inspect-").FullName;
    private readonly ManualTimeProvider _time = new(new(2026, 11, 22, 3, 0, 0, TimeSpan.Zero));
    private readonly MemoryStream _output = new();
    private readonly StringWriter _error = new();

    private string Output => Encoding.UTF8.GetString(_output.ToArray());

    private string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Tail_shows_a_line_for_each_record_also_while_the_service_has_its_log_open()
    {
        await using var session = await WriteAsync(Frame("int-1", 1), Frame("int-2", 1), Frame("int-1", 2));

        Assert.Equal(0, await RunAsync("tail", "audio_stream", "--no-follow"));

        Assert.Equal(3, Lines.Length);
        Assert.StartsWith("2026-11-22T03:00:00.000Z tenant-a int-1 0123abcd #1 4 B pcm16 16000 Hz  @", Lines[0], StringComparison.Ordinal);
        Assert.EndsWith(":0", Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tail_can_be_kept_to_one_interaction_a_time_a_position_and_json()
    {
        await using var session = await WriteAsync(Frame("int-1", 1), Frame("int-2", 1));
        _time.Advance(TimeSpan.FromMinutes(10));
        await session.AppendAsync(Frame("int-1", 2));

        Assert.Equal(0, await RunAsync("tail", "audio_stream", "--no-follow", "--key", "int-1", "--json"));
        Assert.Equal(["1", "2"], Lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("seq").GetString()!));
        var second = JsonDocument.Parse(Lines[1]).RootElement.GetProperty("position").GetString()!;
        foreach (var from in (string[])[second, "5m", "2026-11-22T03:05:00Z"])
        {
            _output.SetLength(0);
            Assert.Equal(0, await RunAsync("tail", "audio_stream", "--no-follow", $"--from={from}"));
            Assert.Contains("#2", Assert.Single(Lines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tail_follows_from_the_end_and_ends_with_0_when_it_is_interrupted()
    {
        await using var session = await WriteAsync(Frame("int-1", 1));
        using var stop = new CancellationTokenSource();
        var running = InspectRole.RunAsync(["tail", "audio_stream"], Environment(), _output, _error, _time, stop.Token);

        await session.AppendAsync(Frame("int-1", 2));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Output.Contains("#2", StringComparison.Ordinal) && !patience.IsCancellationRequested)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Contains("#2", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_told_in_words_and_names_cannot_change_the_terminal()
    {
        await using var session = await WriteAsync(
            Event("started"), Event("gap", new("from_seq", "12"), new("to_seq", "19"), new("reason", "the spool is full")), Event("stopped", new("received", "131"), new("lost", "8")), Event("\u001b[31mred"));

        await RunAsync("tail", "audio_events", "--no-follow");

        Assert.Contains("int-1 0123abcd started", Lines[0], StringComparison.Ordinal);
        Assert.Contains("has a gap: frames 12 to 19 are missing, the spool is full", Lines[1], StringComparison.Ordinal);
        Assert.Contains("stopped: 131 frames came, 8 were lost", Lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Lines[3]);
    }

    [Fact]
    public async Task An_interaction_becomes_a_wav_file_each_frame_once_in_order_and_what_is_missing_is_said()
    {
        await using var session = await WriteAsync(Frame("int-1", 1), Frame("int-1", 3), Frame("int-2", 1), Frame("int-1", 2), Frame("int-1", 2), Frame("int-1", 6));
        var file = Path.Combine(_home, "out.wav");

        Assert.Equal(0, await RunAsync("replay", "audio_stream", "--key", "int-1", "--wav", file));

        var wav = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal("RIFF", Encoding.ASCII.GetString(wav, 0, 4));
        Assert.Equal((36u + 16, 16_000u, 16u), (Number(wav, 4), Number(wav, 24), Number(wav, 40)));
        Assert.Equal("1 1 1 1 2 2 2 2 3 3 3 3 6 6 6 6", string.Join(' ', wav[44..]));
        Assert.Contains("frames 4 to 5 of session 0123abcd", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tail", "the topic is missing")]
    [InlineData("tail a b", "one topic too many: \"b\"")]
    [InlineData("tail a --colour", "no option \"--colour\"")]
    [InlineData("tail a --key", "--key needs a value")]
    [InlineData("tail a --wav x", "belong to replay")]
    [InlineData("replay a", "one of --to, --wav and --raw")]
    [InlineData("replay a --url redis://h:1/2 --to redis://:x@h:1/2", "would be stored there a second time")]
    [InlineData("replay a --wav x", "need --key")]
    [InlineData("tail a --from yesterday", "--from \"yesterday\" is none of")]
    [InlineData("tail a --url redis://h --from tomorrow", "--from \"tomorrow\" is none of")]
    [InlineData("sing a", "there is no \"sing\"")]
    public async Task Wrong_usage_is_said_and_ends_with_2(string line, string told)
    {
        Assert.Equal(2, await RunAsync(line.Split(' ')));
        Assert.Contains(told, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_what_is()
    {
        Assert.Equal(1, await RunAsync("tail", "audio_stream"));
        Assert.Contains("no service in", _error.ToString(), StringComparison.Ordinal);
        await using var session = await WriteAsync(Frame("int-1", 1));

        Assert.Equal(1, await RunAsync("tail", "audio", "--no-follow"));
        Assert.Contains("there are: audio_stream", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("tail", "audio_stream", "--service", "ingest2"));
        Assert.Contains("those with a log are: ingest", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("tail", "audio_stream", "--from", "yesterday:7"));
        Assert.Contains("\"yesterday:7\" is no position", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_word_or_with_help_it_shows_the_usage()
    {
        Assert.Equal(2, await RunAsync());
        Assert.Equal(0, await RunAsync("tail", "--help"));
        Assert.Contains("mainstay realtime replay TOPIC", Output, StringComparison.Ordinal);
    }

    private static uint Number(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static StreamRecord Frame(string interaction, int seq) => new(
        "audio_stream", interaction,
        [new("tenant_id", "tenant-a"), new("interaction_id", interaction), new("session", "0123abcd4567"), new("seq", seq.ToString(CultureInfo.InvariantCulture)), new("timestamp_ms", "1"), new("sample_rate", "16000"), new("encoding", "pcm16")],
        "audio", Enumerable.Repeat((byte)seq, 4).ToArray());

    private static StreamRecord Event(string name, params KeyValuePair<string, string>[] more) =>
        new("audio_events", "int-1", [new("event", name), new("tenant_id", "tenant-a"), new("interaction_id", "int-1"), new("session", "0123abcd4567"), .. more], "detail", default);

    private Dictionary<string, string> Environment() => new(StringComparer.Ordinal) { ["MAINSTAY_HOME"] = _home };

    private Task<int> RunAsync(params string[] args) => InspectRole.RunAsync(args, Environment(), _output, _error, _time, TestContext.Current.CancellationToken);

    private async Task<IBrokerSession> WriteAsync(params StreamRecord[] records)
    {
        await using var broker = new LogBroker(Path.Combine(_home, "data/ingest/streams"), TimeSpan.FromHours(1), 1 << 30, _time);
        var session = await broker.ConnectAsync(TestContext.Current.CancellationToken);
        foreach (var record in records)
        {
            await session.AppendAsync(record);
        }

        return session;
    }
}
