using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.SocketIo;

/// <summary>Reads and writes the text of packets: <c>KIND [ATTACHMENTS-] [/NAMESPACE,] [ID] [JSON]</c>.</summary>
internal static class SocketPacketText
{
    public const int MaxAttachments = 10;

    /// <summary>Arguments may be as deep as the messages that are made of them.</summary>
    public static readonly JsonDocumentOptions Depth = new() { MaxDepth = MessageReader.MaxDepth + 1 };

    private const int MaxNamespace = 128;

    // Exact in the numbers of every client.
    private const long MaxId = 1L << 53;

    /// <summary>Null when it is none, or none that a client sends.</summary>
    public static SocketPacket? Read(ReadOnlyMemory<byte> text)
    {
        var bytes = text.Span;
        if (bytes.IsEmpty || bytes[0] is < (byte)'0' or > (byte)'6')
        {
            return null;
        }

        var (kind, at, attachments) = ((SocketPacketKind)(bytes[0] - '0'), 1, 0);
        if (kind is SocketPacketKind.BinaryEvent or SocketPacketKind.BinaryAck)
        {
            if (!Utf8Parser.TryParse(bytes[at..], out attachments, out var digits) || attachments is < 0 or > MaxAttachments || at + digits >= bytes.Length || bytes[at + digits] != '-')
            {
                return null;
            }

            at += digits + 1;
        }

        var name = SocketPacket.Root;
        if (at < bytes.Length && bytes[at] == '/')
        {
            var end = bytes[at..].IndexOf((byte)',') is var comma and >= 0 ? at + comma : bytes.Length;
            if (end - at > MaxNamespace || bytes[at..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            {
                return null;
            }

            name = Encoding.ASCII.GetString(bytes[at..end]);
            at = Math.Min(end + 1, bytes.Length);
        }

        long? id = null;
        var digitsEnd = at;
        while (digitsEnd < bytes.Length && char.IsAsciiDigit((char)bytes[digitsEnd]))
        {
            digitsEnd++;
        }

        if (digitsEnd > at)
        {
            if (!long.TryParse(bytes[at..digitsEnd], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxId)
            {
                return null;
            }

            (id, at) = (number, digitsEnd);
        }

        var packet = new SocketPacket(kind, name, id, attachments, text[at..]);
        return IsWhole(packet) ? packet : null;
    }

    /// <summary>With the <c>4</c> in front that makes it a message of Engine.IO.</summary>
    public static byte[] Frame(SocketPacket packet)
    {
        var head = FormattableString.Invariant($"4{(int)packet.Kind}{(packet.Namespace == SocketPacket.Root ? "" : packet.Namespace + ",")}{packet.Id}");
        var frame = new byte[head.Length + packet.Data.Length];
        Encoding.ASCII.GetBytes(head, frame);
        packet.Data.CopyTo(frame.AsMemory(head.Length));
        return frame;
    }

    /// <summary>An event's text: its name, then arguments.</summary>
    /// <param name="arguments">Writes them, into the list that is begun.</param>
    public static byte[] Event(string name, Action<Utf8JsonWriter> arguments) => List(w =>
    {
        w.WriteStringValue(name);
        arguments(w);
    });

    /// <summary>A list in JSON.</summary>
    public static byte[] List(Action<Utf8JsonWriter> items)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartArray();
            items(writer);
            writer.WriteEndArray();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static bool IsWhole(SocketPacket packet) => packet.Kind switch
    {
        SocketPacketKind.Connect => packet.Id is null && (packet.Data.IsEmpty || Kind(packet.Data) is JsonValueKind.Object),
        SocketPacketKind.Disconnect => packet is { Id: null, Data.IsEmpty: true },
        SocketPacketKind.Event or SocketPacketKind.BinaryEvent => IsEvent(packet.Data),
        SocketPacketKind.Ack or SocketPacketKind.BinaryAck => packet.Id is not null && Kind(packet.Data) is JsonValueKind.Array,
        SocketPacketKind.ConnectError => false,
    };

    private static JsonValueKind? Kind(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data, Depth);
            return document.RootElement.ValueKind;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsEvent(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data, Depth);
            return document.RootElement is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 && list[0].ValueKind is JsonValueKind.String && MessageFields.Unescaped(list[0]) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
