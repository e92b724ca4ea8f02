using System.Collections.Immutable;

namespace Mainstay.Realtime.Ingest.Dialects;

/// <summary>How one carrier speaks, as values: names of fields, what it means when it says nothing, and what it takes.</summary>
/// <param name="Name">The last segment of its route.</param>
/// <param name="AuthVariable">How its handshakes are checked; without it the route does not exist.</param>
/// <param name="Stream">Names the socket, in every message.</param>
/// <param name="Call">Names the call, in the start and the stop.</param>
/// <param name="Account">Names whose call it is, in the start.</param>
/// <param name="Sequence">Counts messages.</param>
/// <param name="Format">Holds what the audio is, in the start.</param>
/// <param name="Rate">Samples per second, in the format.</param>
/// <param name="DefaultEncoding">Of a carrier that does not say.</param>
/// <param name="Outbound">How audio must be cut that it is to play.</param>
internal sealed record Dialect(
    string Name, string AuthVariable, string Stream, string Call, string Account, string Sequence, string Format, string Rate, string DefaultEncoding, ChunkRule Outbound)
{
    // The rest all carriers call the same.
    public const string Event = "event";
    public const string Media = "media";
    public const string Chunk = "chunk";
    public const string Timestamp = "timestamp";
    public const string Payload = "payload";
    public const string Track = "track";
    public const string Encoding = "encoding";

    public const int DefaultRate = 8000;

    public static Dialect Exotel { get; } = new(
        "exotel", "EXOTEL_AUTH", "stream_sid", "call_sid", "account_sid", "sequence_number", "media_format", "sample_rate", AudioEncoding.Pcm16, new(320, 3_200, 100_000));

    public static Dialect Twilio { get; } = new(
        "twilio", "TWILIO_AUTH", "streamSid", "callSid", "accountSid", "sequenceNumber", "mediaFormat", "sampleRate", AudioEncoding.Mulaw, new(160, 160, 16_000));

    public static Dialect Telnyx { get; } = new(
        "telnyx", "TELNYX_AUTH", "stream_id", "call_control_id", "user_id", "sequence_number", "media_format", "sample_rate", AudioEncoding.Mulaw, new(160, 160, 16_000));

    public static ImmutableArray<Dialect> All { get; } = [Exotel, Twilio, Telnyx];

    public string Route => $"/v1/ingest/{Name}";
}

/// <summary>What a carrier takes as one message of audio, in bytes.</summary>
/// <param name="Multiple">Every piece has a multiple of this.</param>
/// <param name="Min">Shorter ones are filled up with silence.</param>
internal sealed record ChunkRule(int Multiple, int Min, int Max);
