using System.Buffers.Binary;

namespace Mainstay.SegmentLog;

/// <summary>
/// A record on disk, little-endian (docs/wire/segment-log.md):
///     length u32 | crc u32 | time i64 | key length u16 | headers length u32 | key | headers | payload
/// <c>length</c> counts what follows the crc; the crc is over that. A length of zero is no record: it is what a file system leaves of a block that it never wrote.
/// </summary>
internal static class RecordFormat
{
    public const int PrefixBytes = 8;

    private const int FixedBytes = 8 + 2 + 4;

    public static int SizeOf(int key, int headers, int payload) => PrefixBytes + FixedBytes + key + headers + payload;

    public static void Write(Span<byte> target, long time, ReadOnlySpan<byte> key, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var body = target[PrefixBytes..];
        BinaryPrimitives.WriteInt64LittleEndian(body, time);
        BinaryPrimitives.WriteUInt16LittleEndian(body[8..], (ushort)key.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(body[10..], (uint)headers.Length);
        key.CopyTo(body[FixedBytes..]);
        headers.CopyTo(body[(FixedBytes + key.Length)..]);
        payload.CopyTo(body[(FixedBytes + key.Length + headers.Length)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Crc32C.Of(body));
    }

    /// <summary>How many bytes follow the prefix; null when that cannot be.</summary>
    public static int? BodyBytes(ReadOnlySpan<byte> prefix, int maxRecordBytes)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        return length < FixedBytes || length > (uint)maxRecordBytes + FixedBytes ? null : (int)length;
    }

    /// <summary>The lengths fit and the crc is right.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body) =>
        BinaryPrimitives.ReadUInt32LittleEndian(prefix[4..]) == Crc32C.Of(body) && KeyBytes(body) + HeadersBytes(body) <= body.Length - FixedBytes;

    /// <param name="body">Whole; the record keeps it.</param>
    public static LogRecord Read(long offset, ReadOnlyMemory<byte> body)
    {
        var (key, headers) = (KeyBytes(body.Span), (int)HeadersBytes(body.Span));
        var rest = body[FixedBytes..];
        return new(offset, TimeOf(body.Span), rest[..key], rest.Slice(key, headers), rest[(key + headers)..]);
    }

    public static DateTimeOffset TimeOf(ReadOnlySpan<byte> body) => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(body));

    private static int KeyBytes(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt16LittleEndian(body[8..]);

    private static long HeadersBytes(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadUInt32LittleEndian(body[10..]);
}
