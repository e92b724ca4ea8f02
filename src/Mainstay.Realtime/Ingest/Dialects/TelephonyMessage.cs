namespace Mainstay.Realtime.Ingest.Dialects;

/// <summary>A message of a carrier, as far as it could be read.</summary>
/// <param name="Sequence">The carrier's count of messages; null when it gave none.</param>
/// <param name="Stream">Null when it named none.</param>
internal abstract record TelephonyMessage(long? Sequence, string? Stream)
{
    public sealed record Connected(string? Stream) : TelephonyMessage(null, Stream);

    public sealed record Start(long? Sequence, CallInfo Info) : TelephonyMessage(Sequence, Info.Stream);

    /// <param name="Chunk">The carrier's count of audio alone.</param>
    /// <param name="TimestampMs">Since the start of the stream.</param>
    /// <param name="Track">Empty when it said none.</param>
    public sealed record Media(long? Sequence, string? Stream, long? Chunk, long? TimestampMs, string Track, ReadOnlyMemory<byte> Audio) : TelephonyMessage(Sequence, Stream);

    public sealed record Dtmf(long? Sequence, string? Stream, string Digit) : TelephonyMessage(Sequence, Stream);

    public sealed record Mark(long? Sequence, string? Stream, string Name) : TelephonyMessage(Sequence, Stream);

    public sealed record Stop(long? Sequence, string? Stream, string Reason) : TelephonyMessage(Sequence, Stream);

    /// <summary>Well-formed, and nothing that is of use here.</summary>
    public sealed record Other(long? Sequence, string? Stream, string Event) : TelephonyMessage(Sequence, Stream);

    /// <summary>Cannot be read; the call goes on.</summary>
    public sealed record Malformed(string Why) : TelephonyMessage(null, null);
}
