using System.Text.Json.Nodes;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Tests.Ingest.Calls;

public sealed class CallPlayerTests
{
    private static readonly TimeSpan s_now = TimeSpan.FromSeconds(100);

    [Theory]
    [InlineData(8_000, 3_200)]
    [InlineData(16_000, 3_200)]
    [InlineData(24_000, 4_800)]
    public void Exotel_gets_multiples_of_320_bytes_never_less_than_3200_and_silence_behind_the_last(int rate, int piece)
    {
        var player = new CallPlayer(Dialect.Exotel, Info("pcm16", rate));
        var audio = Enumerable.Range(0, (2 * piece) + 7).Select(i => (byte)(i | 1)).ToArray();
        Assert.True(player.Play(audio));
        var pieces = player.Take(s_now).Select(Payload).ToList();

        Assert.Equal([piece, piece, 3_200], pieces.Select(p => p.Length));
        Assert.Equal(audio, pieces.SelectMany(p => p).Take(audio.Length));
        Assert.All(pieces.SelectMany(p => p).Skip(audio.Length), b => Assert.Equal(0, b));
    }

    [Fact]
    public void Twilio_gets_frames_of_20_ms_and_the_silence_of_mulaw()
    {
        var player = new CallPlayer(Dialect.Twilio, Info("mulaw", 8000));
        player.Play(new byte[900]);
        var messages = player.Take(s_now).ToList();

        Assert.Equal([800, 160], messages.Select(m => Payload(m).Length));
        Assert.All(Payload(messages[1])[100..], b => Assert.Equal(0xFF, b));
        Assert.Equal("st1", (string)JsonNode.Parse(messages[0].Span)!["streamSid"]!);
    }

    [Fact]
    public void No_more_than_a_second_is_ahead_of_what_is_heard_and_all_of_it_comes()
    {
        var player = new CallPlayer(Dialect.Exotel, Info("pcm16", 16_000));
        player.Play(new byte[32_000 * 5]);
        player.Mark("end");
        var (bytes, marks) = (0, 0);
        for (var now = s_now; now < s_now + TimeSpan.FromSeconds(6); now += TimeSpan.FromMilliseconds(50))
        {
            foreach (var message in player.Take(now))
            {
                marks += (string)JsonNode.Parse(message.Span)!["event"]! == "mark" ? 1 : 0;
                bytes += marks == 0 ? Payload(message).Length : 0;
            }

            Assert.InRange(bytes - (32_000 * (now - s_now).TotalSeconds), double.MinValue, 32_000 + 3_200);
        }

        Assert.Equal((32_000 * 5, 1), (bytes, marks));
    }

    [Fact]
    public void After_a_clear_nothing_of_what_waited_comes_and_the_next_comes_at_once()
    {
        var player = new CallPlayer(Dialect.Exotel, Info("pcm16", 16_000));
        player.Play(new byte[32_000 * 5]);
        Assert.NotEmpty(player.Take(s_now));
        Assert.Equal("""{"event":"clear","stream_sid":"st1"}""", JsonNode.Parse(player.Clear().Span)!.ToJsonString());
        Assert.Empty(player.Take(s_now + TimeSpan.FromSeconds(9)));
        player.Play(new byte[2]);

        Assert.Single(player.Take(s_now));
    }

    [Fact]
    public void More_than_the_bound_is_not_taken() => Assert.False(new CallPlayer(Dialect.Exotel, Info("pcm16", 16_000)).Play(new byte[CallPlayer.MaxWaiting + 1]));

    private static CallInfo Info(string encoding, int rate) => new("st1", "ca1", "", "", "", encoding, rate, false);

    private static byte[] Payload(ReadOnlyMemory<byte> message) => Convert.FromBase64String((string)JsonNode.Parse(message.Span)!["media"]!["payload"]!);
}
