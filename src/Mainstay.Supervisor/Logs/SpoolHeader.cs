using System.Buffers.Binary;
using System.Text;

namespace Mainstay.Supervisor.Logs;

/// <summary>The head of a spool file: how far its bytes have become log lines, and whose they are.</summary>
/// <param name="Generation">Grows when offsets begin anew, so that a cursor of before cannot be taken for one of now.</param>
/// <param name="Processed">Offset of the first byte that is not yet in the log.</param>
/// <param name="DroppedLines">Lost while the disk took nothing, and not yet confessed in the log.</param>
/// <param name="GapAt">Where they are missing: what stands from here on came after them. Meant only while bytes are dropped.</param>
internal sealed record SpoolHeader(
    string Service,
    string Instance,
    DateTimeOffset StartedAt,
    int Generation,
    long Processed,
    long DroppedLines = 0,
    long DroppedBytes = 0,
    long GapAt = 0)
{
    public const int SlotSize = 512;

    /// <summary>Where the captured bytes begin.</summary>
    public const int DataStart = 2 * SlotSize;

    private const int Fixed = 8 + 4 + 8 + 8 + 8 + 8;

    public int Encode(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload, StartedAt.UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(payload[8..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(payload[12..], Processed);
        BinaryPrimitives.WriteInt64LittleEndian(payload[20..], DroppedLines);
        BinaryPrimitives.WriteInt64LittleEndian(payload[28..], DroppedBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload[36..], GapAt);
        payload[Fixed] = (byte)Encoding.UTF8.GetBytes(Service, payload[(Fixed + 1)..]);
        var instance = Fixed + 1 + payload[Fixed];
        payload[instance] = (byte)Encoding.UTF8.GetBytes(Instance, payload[(instance + 1)..]);
        return instance + 1 + payload[instance];
    }

    /// <summary>Null when the file holds no whole header: it died while it was being made, and no byte was captured into it.</summary>
    public static SpoolHeader? Decode(ReadOnlySpan<byte> head, out long sequence)
    {
        if (!Slots.TryReadNewest(head, SlotSize, out sequence, out var payload) || payload.Length < Fixed + 2)
        {
            return null;
        }

        var instance = Fixed + 1 + payload[Fixed];
        return new SpoolHeader(
            Encoding.UTF8.GetString(payload.Slice(Fixed + 1, payload[Fixed])),
            Encoding.UTF8.GetString(payload.Slice(instance + 1, payload[instance])),
            new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(payload), TimeSpan.Zero),
            BinaryPrimitives.ReadInt32LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[28..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[36..]));
    }
}
