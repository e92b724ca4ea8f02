using System.Globalization;
using System.Text.Json;
using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Inspect;

/// <summary>A frame of audio as a consumer reads it, in either format.</summary>
internal sealed record FrameView(string Tenant, string Interaction, string Session, long Seq, int SampleRate, string Encoding, ReadOnlyMemory<byte> Audio)
{
    /// <summary>Null for what is no frame.</summary>
    public static FrameView? Of(StreamRecord record)
    {
        if (record.BodyName == "data")
        {
            return OfJson(record.Body);
        }

        var fields = record.Fields.ToLookup(f => f.Key, f => f.Value, StringComparer.Ordinal);
        string Field(string name) => fields[name].FirstOrDefault() ?? "";
        return record.BodyName == "audio" && long.TryParse(Field("seq"), NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && int.TryParse(Field("sample_rate"), NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
            ? new(Field("tenant_id"), Field("interaction_id"), Field("session"), seq, rate, Field("encoding"), record.Body)
            : null;
    }

    private static FrameView? OfJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            string Word(string name) => root.GetProperty(name).GetString() ?? "";
            return new(Word("tenant_id"), Word("interaction_id"), Word("session"), root.GetProperty("seq").GetInt64(), root.GetProperty("sample_rate").GetInt32(), Word("encoding"), root.GetProperty("audio").GetBytesFromBase64());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Somebody else writes into the same stream.
            return null;
        }
    }
}
