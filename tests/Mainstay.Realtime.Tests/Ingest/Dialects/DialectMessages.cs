using System.Text;
using Mainstay.Realtime.Ingest.Dialects;

namespace Mainstay.Realtime.Tests.Ingest.Dialects;

/// <summary>Messages as the carriers' own pages show them.</summary>
internal static class DialectMessages
{
    public const string ExotelStart = """{"event":"start","sequence_number":"1","stream_sid":"st1","start":{"stream_sid":"st1","call_sid":"ca1","account_sid":"ac1","from":"0911","to":"0922","custom_parameters":{},"media_format":{"encoding":"audio/x-raw","sample_rate":"16000","bit_rate":"16"}}}""";
    public const string TwilioStart = """{"event":"start","sequenceNumber":"1","start":{"accountSid":"ac1","streamSid":"st1","callSid":"ca1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"a":"b"}},"streamSid":"st1"}""";
    public const string TelnyxStart = """{"event":"start","sequence_number":"1","start":{"user_id":"ac1","call_control_id":"ca1","client_state":"x","media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1}},"stream_id":"st1"}""";

    public static byte[] Media(Dialect dialect, long sequence, byte[] audio) => Encoding.UTF8.GetBytes(
        $$$"""{"event":"media","{{{dialect.Sequence}}}":"{{{sequence}}}","{{{dialect.Stream}}}":"st1","media":{"track":"inbound","chunk":"{{{sequence - 1}}}","timestamp":"{{{(sequence - 2) * 100}}}","payload":"{{{Convert.ToBase64String(audio)}}}"}}""");

    public static TelephonyMessage Read(Dialect dialect, string json, int? rate = null) => TelephonyText.Read(dialect, Encoding.UTF8.GetBytes(json), rate);
}
