using System.Text.Json;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>A packet whose attachments are still on their way. Each takes its place in the arguments as base64 text: messages of the hub are JSON.</summary>
internal sealed class Attachments(SocketPacket packet, int maxBytes)
{
    private readonly List<ReadOnlyMemory<byte>> _frames = [];
    private int _bytes = packet.Data.Length;

    public bool IsComplete => _frames.Count == packet.Attachments;

    /// <summary>False: it is more than a message may be.</summary>
    public bool Add(ReadOnlyMemory<byte> frame)
    {
        _frames.Add(frame);
        _bytes += frame.Length / 3 * 4;
        return _bytes <= maxBytes;
    }

    /// <summary>The packet as if it had come as text; null when its places do not fit its attachments, or a text in it has half a surrogate pair.</summary>
    public SocketPacket? Whole()
    {
        using var document = JsonDocument.Parse(packet.Data, SocketPacketText.Depth);
        var used = 0;
        byte[] data;
        try
        {
            data = SocketPacketText.List(w =>
            {
                foreach (var item in document.RootElement.EnumerateArray())
                {
                    Copy(w, item, ref used);
                }
            });
        }
        catch (InvalidOperationException)
        {
            return null;
        }

        // One attachment in many places would be a small packet that becomes a big message.
        return used == _frames.Count ? packet with { Kind = packet.Kind is SocketPacketKind.BinaryEvent ? SocketPacketKind.Event : SocketPacketKind.Ack, Attachments = 0, Data = data } : null;
    }

    private void Copy(Utf8JsonWriter w, JsonElement value, ref int used)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when Place(value) is { } number:
                used++;
                w.WriteBase64StringValue(used <= _frames.Count ? _frames[number].Span : default);
                break;
            case JsonValueKind.Object:
                w.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    w.WritePropertyName(member.Name);
                    Copy(w, member.Value, ref used);
                }

                w.WriteEndObject();
                break;
            case JsonValueKind.Array:
                w.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Copy(w, item, ref used);
                }

                w.WriteEndArray();
                break;
            default:
                value.WriteTo(w);
                break;
        }
    }

    private int? Place(JsonElement value) =>
        value.TryGetProperty("_placeholder", out var mark) && mark.ValueKind is JsonValueKind.True && value.TryGetProperty("num", out var number) && number.ValueKind is JsonValueKind.Number
            && number.TryGetInt32(out var n) && n >= 0 && n < _frames.Count ? n : null;
}
