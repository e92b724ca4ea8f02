using System.Buffers.Binary;
using System.Text;
using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

internal enum CursorKind : byte
{
    /// <summary>Nothing was begun.</summary>
    Idle,

    /// <summary>A batch of captured lines was about to be written.</summary>
    Lines,

    /// <summary>Mainstay's own remark was about to be written; the cursor holds all of it.</summary>
    Remark,

    /// <summary>The current file was about to become number <see cref="LogCursor.Number"/>.</summary>
    Rotation,
}

/// <summary>What the writer of one service's log is about to do, put down before it is done: enough to do the rest of it after a death.</summary>
/// <param name="Number">The highest number that a finished file of this service ever had, or is about to get.</param>
/// <param name="LengthBefore">Of the current file.</param>
/// <param name="BatchLength">Bytes that the batch adds to it.</param>
/// <param name="Spool">Where the lines come from, with the generation that the offsets count in.</param>
/// <param name="Remark">The formatted lines of a remark.</param>
internal sealed record LogCursor(
    CursorKind Kind,
    int Number,
    long LengthBefore = 0,
    int BatchLength = 0,
    string Spool = "",
    int Generation = 0,
    long From = 0,
    long To = 0,
    DateTimeOffset At = default,
    string Instance = "",
    LogStream Stream = LogStream.Out,
    Unended Unended = Unended.Keep,
    ReadOnlyMemory<byte> Remark = default)
{
    /// <summary>The longest remark that is kept whole across a death, in bytes with its prefixes.</summary>
    public const int MaxRemark = 3 * 1024;

    public const int SlotSize = 4096;

    private const byte Version = 1;
    private const int Fixed = 1 + 1 + 1 + 1 + 4 + 8 + 4 + 4 + 8 + 8 + 8;

    public static LogCursor Nothing { get; } = new(CursorKind.Idle, 0);

    /// <summary>Writes the payload and returns its length.</summary>
    public int Encode(Span<byte> payload)
    {
        payload[0] = Version;
        payload[1] = (byte)Kind;
        payload[2] = (byte)Stream;
        payload[3] = (byte)Unended;
        BinaryPrimitives.WriteInt32LittleEndian(payload[4..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], LengthBefore);
        BinaryPrimitives.WriteInt32LittleEndian(payload[16..], BatchLength);
        BinaryPrimitives.WriteInt32LittleEndian(payload[20..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], From);
        BinaryPrimitives.WriteInt64LittleEndian(payload[32..], To);
        BinaryPrimitives.WriteInt64LittleEndian(payload[40..], At.UtcTicks);
        var length = Fixed;
        length += Put(payload[length..], Spool);
        length += Put(payload[length..], Instance);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[length..], (ushort)Remark.Length);
        Remark.Span.CopyTo(payload[(length + 2)..]);
        return length + 2 + Remark.Length;
    }

    /// <summary>The newest whole cursor of the file; nothing when there is none, or when it is of a version that we do not know.</summary>
    public static LogCursor Decode(ReadOnlySpan<byte> file, out long sequence)
    {
        if (!Slots.TryReadNewest(file, SlotSize, out sequence, out var payload) || payload.Length < Fixed || payload[0] != Version)
        {
            return Nothing;
        }

        var rest = payload[Fixed..];
        var spool = Take(ref rest);
        var instance = Take(ref rest);
        var remark = rest.Slice(2, BinaryPrimitives.ReadUInt16LittleEndian(rest)).ToArray();
        return new LogCursor(
            (CursorKind)payload[1],
            BinaryPrimitives.ReadInt32LittleEndian(payload[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[16..]),
            Encoding.UTF8.GetString(spool),
            BinaryPrimitives.ReadInt32LittleEndian(payload[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(payload[32..]),
            new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(payload[40..]), TimeSpan.Zero),
            Encoding.UTF8.GetString(instance),
            (LogStream)payload[2],
            (Unended)payload[3],
            remark);
    }

    private static int Put(Span<byte> payload, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, payload[2..]);
        BinaryPrimitives.WriteUInt16LittleEndian(payload, (ushort)length);
        return 2 + length;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        var text = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return text;
    }
}
