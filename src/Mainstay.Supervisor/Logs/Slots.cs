using System.Buffers.Binary;

namespace Mainstay.Supervisor.Logs;

/// <summary>A small record that survives a death in the middle of its writing: two places take turns, and the newest whole one counts.</summary>
internal static class Slots
{
    /// <summary>Before the payload: mark, sequence, length, checksum.</summary>
    public const int Overhead = 4 + 8 + 4 + 8;

    private const uint Mark = 0x4c_53_4d_31;

    /// <summary>Which of the two places the record of that sequence number belongs to.</summary>
    public static int IndexOf(long sequence) => (int)(sequence & 1);

    /// <summary>Completes a slot whose payload already stands behind <see cref="Overhead"/>.</summary>
    public static ReadOnlySpan<byte> Seal(Span<byte> slot, long sequence, int payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Mark);
        BinaryPrimitives.WriteInt64LittleEndian(slot[4..], sequence);
        BinaryPrimitives.WriteInt32LittleEndian(slot[12..], payload);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[16..], Checksum(sequence, slot.Slice(Overhead, payload)));
        return slot[..(Overhead + payload)];
    }

    /// <summary>The payload of the newest whole record; false when there is none.</summary>
    public static bool TryReadNewest(ReadOnlySpan<byte> both, int slotSize, out long sequence, out ReadOnlySpan<byte> payload)
    {
        sequence = 0;
        payload = default;
        for (var start = 0; start + Overhead <= both.Length; start += slotSize)
        {
            var slot = both.Slice(start, Math.Min(slotSize, both.Length - start));
            if (TryRead(slot, out var found, out var content) && found > sequence)
            {
                sequence = found;
                payload = content;
            }
        }

        return sequence > 0;
    }

    private static bool TryRead(ReadOnlySpan<byte> slot, out long sequence, out ReadOnlySpan<byte> payload)
    {
        sequence = BinaryPrimitives.ReadInt64LittleEndian(slot[4..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(slot[12..]);
        payload = default;
        if (BinaryPrimitives.ReadUInt32LittleEndian(slot) != Mark || length < 0 || length > slot.Length - Overhead)
        {
            return false;
        }

        payload = slot.Slice(Overhead, length);
        return BinaryPrimitives.ReadUInt64LittleEndian(slot[16..]) == Checksum(sequence, payload);
    }

    /// <summary>FNV-1a: this tells a half-written record from a whole one, it guards against no one.</summary>
    private static ulong Checksum(long sequence, ReadOnlySpan<byte> payload)
    {
        var hash = 14695981039346656037UL ^ (ulong)sequence;
        foreach (var b in payload)
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash;
    }
}
