using System.Buffers;
using System.Text.Json;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Messages of the hub made of what an event says.</summary>
internal static class EventMessages
{
    /// <summary>In front of the ids of messages that nobody said.</summary>
    public const string StartId = "start:";

    /// <summary>The hub answers these by their id.</summary>
    public static bool IsAnswered(string? kind) => kind is "sub" or "unsub" or "pub" or "req" or "cancel" or "watch";

    /// <summary>A template, filled.</summary>
    /// <exception cref="BadFieldException">A text has a place that nothing fills.</exception>
    public static JsonDocument Fill(JsonTemplate template, JsonElement from)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            template.Write(writer, from);
        }

        return JsonDocument.Parse(bytes.WrittenMemory.ToArray(), SocketPacketText.Depth);
    }

    /// <summary>The same message with what its sender may leave out: an id where there is to be an answer, one of data and error, text where numbers stand for names.</summary>
    public static byte[] Complete(JsonElement message, string id, string? kind = null)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var w = new Utf8JsonWriter(bytes))
        {
            var t = kind ?? KindOf(message);
            var ok = message.TryGetProperty("ok", out var flag) && flag.ValueKind is JsonValueKind.True;
            var isGiven = kind == "res";
            w.WriteStartObject();
            if (kind is not null)
            {
                w.WriteString("t", kind);
            }

            if (isGiven || (IsAnswered(t) && !Has(message, "id")))
            {
                w.WriteString("id", id);
            }

            foreach (var member in message.EnumerateObject())
            {
                var isOwn = (kind is not null && member.Name == "t") || (isGiven && member.Name == "id");
                if (!isOwn && !(t == "res" && (member.Name == "error" || (member.Name == "data" && !ok))))
                {
                    Copy(w, t, member);
                }
            }

            if (t == "res" && !ok)
            {
                WriteError(w, message.TryGetProperty("error", out var error) ? error : default);
            }

            w.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    public static string? KindOf(JsonElement message) => message.TryGetProperty("t", out var t) && t.ValueKind is JsonValueKind.String ? MessageFields.Unescaped(t) : null;

    private static void Copy(Utf8JsonWriter w, string? kind, JsonProperty member)
    {
        if (member.Value.ValueKind is JsonValueKind.Number && member.Name is ("id" or "room" or "key" or "of" or "to" or "op" or "branch"))
        {
            w.WriteString(member.Name, member.Value.GetRawText());
        }
        else if (kind == "hello" && member.Name == "device" && member.Value.ValueKind is JsonValueKind.Object)
        {
            if (Has(member.Value, "id"))
            {
                w.WritePropertyName("device");
                w.WriteStartObject();
                foreach (var own in member.Value.EnumerateObject())
                {
                    Copy(w, "device", own);
                }

                w.WriteEndObject();
            }
        }
        else
        {
            member.WriteTo(w);
        }
    }

    /// <summary>An error of a program that says only that there was one, or only a text, is one, too.</summary>
    private static void WriteError(Utf8JsonWriter w, JsonElement error)
    {
        var isObject = error.ValueKind is JsonValueKind.Object;
        var code = isObject && error.TryGetProperty("code", out var c) && TemplatePlace.TextOf(c) is { } said && Access.HubName.IsValid(said) ? said : "failed";
        var message = isObject ? error.TryGetProperty("message", out var m) ? TemplatePlace.TextOf(m) : null : TemplatePlace.TextOf(error);
        w.WriteStartObject("error");
        w.WriteString("code", code);
        w.WriteString("message", message ?? "");
        w.WriteEndObject();
    }

    private static bool Has(JsonElement message, string name) => message.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;
}
