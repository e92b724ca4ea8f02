using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>How a record reads in the stream.</summary>
public enum RecordFormat
{
    /// <summary>Fields beside the audio as it came.</summary>
    Fields,

    /// <summary>One field <c>data</c>: JSON with the audio in base64, as the consumers of the service before this one read it.</summary>
    JsonBase64,
}

/// <summary>Makes the records of a session: one per frame, and one per event.</summary>
internal sealed class IngestRecords(string topic, string eventsTopic, RecordFormat format)
{
    public StreamRecord Frame(FrameSource source, long seq, DateTimeOffset at, ReadOnlyMemory<byte> audio)
    {
        var name = topic.Replace("{tenant_id}", source.Tenant, StringComparison.Ordinal).Replace("{interaction_id}", source.Interaction, StringComparison.Ordinal);
        return format switch
        {
            RecordFormat.Fields => new(name, source.Interaction, Fields(source, seq, at), "audio", audio),
            RecordFormat.JsonBase64 => new(name, source.Interaction, [], "data", Json(source, seq, at, audio.Span)),
        };
    }

    public StreamRecord Event(string name, string tenant, string interaction, string session, DateTimeOffset at, params ReadOnlySpan<KeyValuePair<string, string>> more) => new(
        eventsTopic,
        interaction,
        [new("event", name), new("tenant_id", tenant), new("interaction_id", interaction), new("session", session), new("timestamp_ms", Text(at.ToUnixTimeMilliseconds())), .. more],
        "detail",
        default);

    /// <summary>Whose frame a record is, and which; null for what is no frame.</summary>
    public static (string Tenant, string Session, long Seq)? Place(StreamRecord record)
    {
        if (record.BodyName == "data")
        {
            using var json = JsonDocument.Parse(record.Body);
            return (json.RootElement.GetProperty("tenant_id").GetString()!, json.RootElement.GetProperty("session").GetString()!, json.RootElement.GetProperty("seq").GetInt64());
        }

        var fields = record.Fields.ToDictionary(StringComparer.Ordinal);
        return fields.TryGetValue("seq", out var seq) ? (fields["tenant_id"], fields["session"], long.Parse(seq, CultureInfo.InvariantCulture)) : null;
    }

    /// <summary>What a gap record tells of; null for any other.</summary>
    public static (string Tenant, string Session, long From, long To, string Reason)? Gap(StreamRecord record)
    {
        if (record.Fields.IsEmpty || record.Fields[0] is not ("event", "gap"))
        {
            return null;
        }

        var fields = record.Fields.ToDictionary(StringComparer.Ordinal);
        return (fields["tenant_id"], fields["session"], long.Parse(fields["from_seq"], CultureInfo.InvariantCulture), long.Parse(fields["to_seq"], CultureInfo.InvariantCulture), fields["reason"]);
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ImmutableArray<KeyValuePair<string, string>> Fields(FrameSource source, long seq, DateTimeOffset at)
    {
        ImmutableArray<KeyValuePair<string, string>> fields =
        [
            new("tenant_id", source.Tenant),
            new("interaction_id", source.Interaction),
            new("session", source.Session),
            new("seq", Text(seq)),
            new("timestamp_ms", Text(at.ToUnixTimeMilliseconds())),
            new("sample_rate", Text(source.SampleRate)),
            new("encoding", source.Encoding),
        ];
        return source.Stream.Length == 0 ? fields
            : source.Track.Length == 0 ? fields.Add(new("stream_sid", source.Stream))
            : [.. fields, new("stream_sid", source.Stream), new("track", source.Track)];
    }

    private static ReadOnlyMemory<byte> Json(FrameSource source, long seq, DateTimeOffset at, ReadOnlySpan<byte> audio)
    {
        var buffer = new ArrayBufferWriter<byte>((audio.Length * 4 / 3) + 256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("tenant_id", source.Tenant);
        json.WriteString("interaction_id", source.Interaction);
        json.WriteString("session", source.Session);
        json.WriteNumber("seq", seq);
        json.WriteNumber("timestamp_ms", at.ToUnixTimeMilliseconds());
        json.WriteNumber("sample_rate", source.SampleRate);
        json.WriteString("encoding", source.Encoding);
        if (source.Stream.Length > 0)
        {
            json.WriteString("stream_sid", source.Stream);
        }

        if (source.Track.Length > 0)
        {
            json.WriteString("track", source.Track);
        }

        json.WriteBase64String("audio", audio);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}

/// <summary>Whose frame it is, and what audio.</summary>
internal readonly record struct FrameSource(string Tenant, string Interaction, string Session, int SampleRate, string Encoding)
{
    /// <summary>The carrier's name of the socket; empty for native clients.</summary>
    public string Stream { get; init; } = "";

    /// <summary>Which side of the call is heard; empty when nobody said.</summary>
    public string Track { get; init; } = "";
}
