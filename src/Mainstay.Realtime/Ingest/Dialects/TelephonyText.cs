using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mainstay.Realtime.Ingest.Dialects;

/// <summary>Reads the messages of a carrier, and takes them as they come in the wild: numbers as texts, fields in the wrong place, JSON in binary messages. Never throws.</summary>
internal static class TelephonyText
{
    private const int MaxName = 200;
    private const int MaxDepth = 16;

    /// <param name="rate">What the URL said of the samples per second; null: nothing.</param>
    public static TelephonyMessage Read(Dialect dialect, ReadOnlyMemory<byte> utf8, int? rate = null)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutMark(utf8), new() { MaxDepth = MaxDepth, AllowTrailingCommas = true });
            return Read(dialect, document.RootElement, rate);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            return new TelephonyMessage.Malformed("it is not JSON");
        }
    }

    /// <summary>Whether a first message is of a carrier and not of a native client.</summary>
    public static bool IsOf(Dialect dialect, ReadOnlyMemory<byte> utf8) =>
        Read(dialect, utf8) switch
        {
            TelephonyMessage.Connected or TelephonyMessage.Media or TelephonyMessage.Mark or TelephonyMessage.Dtmf => true,
            { Stream: not null } => true,
            _ => false,
        };

    private static TelephonyMessage Read(Dialect dialect, JsonElement root, int? rate)
    {
        if (root.ValueKind is not JsonValueKind.Object || Text(root, Dialect.Event) is not { } name)
        {
            return new TelephonyMessage.Malformed("it has no event");
        }

        // Some say it in the message, some in what the message is about.
        var body = Object(root, name);
        var (sequence, stream) = (Number(root, dialect.Sequence), Name(root, dialect.Stream) ?? Name(body, dialect.Stream));
        return name switch
        {
            "connected" => new TelephonyMessage.Connected(stream),
            "start" => stream is null ? new TelephonyMessage.Malformed("the start names no stream") : new TelephonyMessage.Start(sequence, Info(dialect, body, stream, rate)),
            Dialect.Media => Media(body, sequence, stream),
            "dtmf" => Name(body, "digit") is { } digit ? new TelephonyMessage.Dtmf(sequence, stream, digit) : new TelephonyMessage.Malformed("the dtmf has no digit"),
            "mark" => Name(body, "name") is { } mark ? new TelephonyMessage.Mark(sequence, stream, mark) : new TelephonyMessage.Malformed("the mark has no name"),
            "stop" => new TelephonyMessage.Stop(sequence, stream, Name(body, "reason") ?? ""),
            _ => new TelephonyMessage.Other(sequence, stream, name.Length > MaxName ? name[..MaxName] : name),
        };
    }

    /// <summary>What is known when media came without a start.</summary>
    public static CallInfo Assumed(Dialect dialect, string stream, int? rate) => new(stream, stream, "", "", "", dialect.DefaultEncoding, rate ?? Dialect.DefaultRate, true);

    private static CallInfo Info(Dialect dialect, JsonElement? start, string stream, int? rate)
    {
        var format = start is { } s ? Object(s, dialect.Format) : null;
        var (encoding, said) = (Name(format, Dialect.Encoding), Number(format, dialect.Rate));
        var known = encoding is null ? "" : AudioEncoding.Of(encoding);
        return new(
            stream,
            Name(start, dialect.Call) ?? stream,
            Name(start, dialect.Account) ?? "",
            Name(start, "from") ?? "",
            Name(start, "to") ?? "",
            known.Length > 0 ? known : dialect.DefaultEncoding,
            (int)(said is > 0 and <= 192_000 ? said.Value : rate ?? Dialect.DefaultRate),
            known.Length == 0 || said is not (> 0 and <= 192_000));
    }

    private static TelephonyMessage Media(JsonElement? media, long? sequence, string? stream)
    {
        if (media is not { } body || !body.TryGetProperty(Dialect.Payload, out var payload) || payload.ValueKind is not JsonValueKind.String || !payload.TryGetBytesFromBase64(out var audio))
        {
            return new TelephonyMessage.Malformed("the media has no payload in base64");
        }

        return audio.Length == 0
            ? new TelephonyMessage.Other(sequence, stream, "media without audio")
            : new TelephonyMessage.Media(sequence, stream, Number(media, Dialect.Chunk), Number(media, Dialect.Timestamp), Name(media, Dialect.Track) ?? "", audio);
    }

    private static JsonElement? Object(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>What names streams and keys: nothing that a log or a terminal would take for something else.</summary>
    private static string? Name(JsonElement? parent, string name)
    {
        if (parent is not { } p || !p.TryGetProperty(name, out var value))
        {
            return null;
        }

        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        return text is { Length: > 0 and <= MaxName } && text.EnumerateRunes().All(IsPrintable) ? text : null;
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    /// <summary>Both kinds are seen, also "8000.0".</summary>
    private static long? Number(JsonElement? parent, string name)
    {
        if (parent is not { } p || !p.TryGetProperty(name, out var value))
        {
            return null;
        }

        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= long.MaxValue / 2 ? (long)number : null;
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8) => utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
}
