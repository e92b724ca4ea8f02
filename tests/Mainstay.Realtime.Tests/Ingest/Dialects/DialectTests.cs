using System.Globalization;
using System.Text;
using Mainstay.Realtime.Ingest.Dialects;
using Mainstay.Testing;
using static Mainstay.Realtime.Tests.Ingest.Dialects.DialectMessages;

namespace Mainstay.Realtime.Tests.Ingest.Dialects;

public sealed class DialectTests
{
    [Fact]
    public void The_whole_table()
    {
        var table = new StringBuilder();
        foreach (var d in Dialect.All)
        {
            table.Append(CultureInfo.InvariantCulture, $"{d.Name}: {d.Route} by {d.AuthVariable}; {d.Stream}, {d.Call}, {d.Account}, {d.Sequence}; {d.Format}.{d.Rate}, else {d.DefaultEncoding}; out {d.Outbound}\n");
        }

        Golden.Match(table.ToString(), "dialects.txt");
    }

    [Fact]
    public void Each_carrier_says_what_its_audio_is()
    {
        Assert.Equal(new CallInfo("st1", "ca1", "ac1", "0911", "0922", "pcm16", 16000, false), Start(Dialect.Exotel, ExotelStart));
        Assert.Equal(new CallInfo("st1", "ca1", "ac1", "", "", "mulaw", 8000, false), Start(Dialect.Twilio, TwilioStart));
        Assert.Equal(new CallInfo("st1", "ca1", "ac1", "", "", "mulaw", 8000, false), Start(Dialect.Telnyx, TelnyxStart));
    }

    [Theory]
    [InlineData("\"24000\"", "audio/x-raw", "pcm16", 24000)]
    [InlineData("24000", "raw/slin", "pcm16", 24000)]
    [InlineData("8000.0", "audio/x-mulaw", "mulaw", 8000)]
    [InlineData("\" 8000 \"", "PCMA", "alaw", 8000)]
    [InlineData("48000", "OPUS", "opus", 48000)]
    public void Audio_is_never_said_to_be_something_else(string rate, string encoding, string stored, int storedRate)
    {
        var info = Start(Dialect.Exotel, ExotelStart.Replace("\"16000\"", rate, StringComparison.Ordinal).Replace("audio/x-raw", encoding, StringComparison.Ordinal));

        Assert.Equal((stored, storedRate, false), (info.Encoding, info.SampleRate, info.IsAssumed));
    }

    [Fact]
    public void Without_a_format_the_url_counts_and_then_the_custom_of_the_carrier_and_it_is_said_to_be_assumed()
    {
        const string bare = """{"event":"start","stream_sid":"s","start":{"call_sid":"c"}}""";

        Assert.Equal(new CallInfo("s", "c", "", "", "", "pcm16", 24000, true), Assert.IsType<TelephonyMessage.Start>(Read(Dialect.Exotel, bare, 24000)).Info);
        Assert.Equal(8000, Assert.IsType<TelephonyMessage.Start>(Read(Dialect.Exotel, bare)).Info.SampleRate);
    }

    [Theory]
    [InlineData("""{"event":"media","sequence_number":3,"stream_sid":"s","media":{"chunk":2,"timestamp":200,"payload":"AQI="}}""")]
    [InlineData("""{"event":"media","sequence_number":"3","media":{"stream_sid":"s","chunk":"2","timestamp":"200","payload":"AQI="}}""")]
    [InlineData("""{"event":"media","sequence_number":3.0,"stream_sid":"s","unknown":[],"media":{"chunk":2e0,"timestamp":"200.4","payload":"AQI=","x":{}},}""")]
    public void Numbers_or_texts_in_either_place_read_the_same(string json)
    {
        var media = Assert.IsType<TelephonyMessage.Media>(Read(Dialect.Exotel, json));

        Assert.Equal((3L, "s", 2L, 200L, "01-02"), (media.Sequence, media.Stream, media.Chunk, media.TimestampMs, BitConverter.ToString(media.Audio.ToArray())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":5}""")]
    [InlineData("""{"event":"media"}""")]
    [InlineData("""{"event":"media","media":"AQI="}""")]
    [InlineData("""{"event":"media","media":{"payload":"%%%"}}""")]
    [InlineData("""{"event":"media","media":{"payload":7}}""")]
    [InlineData("""{"event":"media","media":{"payload":"\ud800"}}""")]
    [InlineData("""{"event":"start","start":{"call_sid":"c"}}""")]
    [InlineData("""{"event":"start","stream_sid":"a\u0000b","start":{}}""")]
    [InlineData("""{"event":"dtmf","dtmf":{}}""")]
    [InlineData("""{"event":"mark"}""")]
    public void What_cannot_be_read_is_said_to_be_malformed_and_no_more(string json) => Assert.IsType<TelephonyMessage.Malformed>(Read(Dialect.Exotel, json));

    [Fact]
    public void A_native_start_is_no_message_of_a_carrier()
    {
        Assert.False(TelephonyText.IsOf(Dialect.Exotel, """{"event":"start","interaction_id":"i","tenant_id":"t","sample_rate":8000,"encoding":"pcm16"}"""u8.ToArray()));
        Assert.True(TelephonyText.IsOf(Dialect.Exotel, """{"event":"connected"}"""u8.ToArray()));
        Assert.True(TelephonyText.IsOf(Dialect.Exotel, Encoding.UTF8.GetBytes(ExotelStart)));
    }

    private static CallInfo Start(Dialect dialect, string json) => Assert.IsType<TelephonyMessage.Start>(Read(dialect, json)).Info;
}
