namespace Mainstay.Realtime.Ingest.Dialects;

/// <summary>What carriers call their audio, and what it is called in the stream. What is not known keeps its name: audio is never said to be something else.</summary>
internal static class AudioEncoding
{
    public const string Pcm16 = "pcm16";
    public const string Mulaw = "mulaw";
    public const string Alaw = "alaw";

    private const int MaxName = 40;

    public static string Of(string said) => said.Trim().ToLowerInvariant() switch
    {
        "audio/x-raw" or "raw" or "raw/slin" or "slin" or "audio/slin" or "audio/x-l16" or "audio/l16" or "l16" or "pcm" or "pcm16" or "linear16" or "base64" => Pcm16,
        "audio/x-mulaw" or "audio/mulaw" or "audio/x-ulaw" or "audio/basic" or "mulaw" or "ulaw" or "pcmu" => Mulaw,
        "audio/x-alaw" or "audio/alaw" or "alaw" or "pcma" => Alaw,
        var other => new([.. other.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/').Take(MaxName)]),
    };

    public static int BytesPerSecond(string encoding, int rate) => encoding is Pcm16 ? rate * 2 : rate;

    /// <summary>The byte that is heard as nothing.</summary>
    public static byte Silence(string encoding) => encoding switch
    {
        Mulaw => 0xFF,
        Alaw => 0xD5,
        _ => 0,
    };
}
