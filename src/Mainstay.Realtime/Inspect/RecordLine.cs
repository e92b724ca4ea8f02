using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mainstay.Realtime.Inspect;

/// <summary>One record, one line: for eyes, or as JSON for programs. Whatever callers sent as names cannot break the line or the terminal.</summary>
internal static class RecordLine
{
    public static string Text(SeenRecord seen)
    {
        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{seen.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} ");
        if (FrameView.Of(seen.Record) is { } frame)
        {
            line.Append(CultureInfo.InvariantCulture, $"{frame.Tenant} {frame.Interaction} {Short(frame.Session)} #{frame.Seq} {frame.Audio.Length} B {frame.Encoding} {frame.SampleRate} Hz");
        }
        else
        {
            Event(line, seen);
        }

        return Harmless(line.Append("  @").Append(seen.Position).ToString());
    }

    public static string Json(SeenRecord seen)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var frame = FrameView.Of(seen.Record);
            json.WriteStartObject();
            json.WriteString("at", seen.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("position", seen.Position);
            json.WriteString("key", seen.Record.Key);
            foreach (var (name, value) in seen.Record.Fields)
            {
                json.WriteString(name, value);
            }

            if (frame is not null && seen.Record.Fields.IsEmpty)
            {
                json.WriteString("tenant_id", frame.Tenant);
                json.WriteString("interaction_id", frame.Interaction);
                json.WriteString("session", frame.Session);
                json.WriteNumber("seq", frame.Seq);
            }

            json.WriteNumber("bytes", frame?.Audio.Length ?? seen.Record.Body.Length);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Event(StringBuilder line, SeenRecord seen)
    {
        var fields = seen.Record.Fields.GroupBy(f => f.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);
        string Field(string name) => fields.GetValueOrDefault(name, "?");
        line.Append(CultureInfo.InvariantCulture, $"{Field("tenant_id")} {Field("interaction_id")} {Short(Field("session"))} ");
        line.Append(fields.GetValueOrDefault("event") switch
        {
            "started" => "started",
            "stopped" => $"stopped: {Field("received")} frames came, {Field("lost")} were lost",
            "cut" => $"was cut off without a stop: {Field("received")} frames came, {Field("lost")} were lost",
            "gap" => $"has a gap: frames {Field("from_seq")} to {Field("to_seq")} are missing, {Field("reason")}",
            null => $"{seen.Record.Body.Length} B {string.Join(' ', fields.Select(f => $"{f.Key}={f.Value}"))}",
            var other => $"{other} {string.Join(' ', fields.Where(f => f.Key is not ("event" or "tenant_id" or "interaction_id" or "session" or "timestamp_ms")).Select(f => $"{f.Key}={f.Value}"))}",
        });
    }

    private static string Short(string session) => session.Length > 8 ? session[..8] : session;

    private static string Harmless(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\ufffd' : c)) : text;
}
