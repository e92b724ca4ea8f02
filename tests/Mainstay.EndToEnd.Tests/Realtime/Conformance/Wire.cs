using System.Buffers.Binary;

namespace Mainstay.EndToEnd.Tests.Realtime.Conformance;

/// <summary>Frames of a WebSocket client as bytes, right ones and wrong ones.</summary>
internal static class Wire
{
    public const int More = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private static readonly byte[] s_mask = [0x37, 0xFA, 0x21, 0x3D];

    /// <param name="reserved">The three reserved bits, 1 to 7.</param>
    /// <param name="lengthBytes">How many bytes tell the length: 0, 2 or 8; null: as few as do.</param>
    /// <param name="length">What the head says; null: the truth.</param>
    public static byte[] Frame(int opcode, byte[] payload, bool final = true, int reserved = 0, bool masked = true, int? lengthBytes = null, ulong? length = null)
    {
        var told = length ?? (ulong)payload.Length;
        List<byte> bytes = [(byte)((final ? 0x80 : 0) | (reserved << 4) | opcode)];
        var mask = masked ? 0x80 : 0;
        switch (lengthBytes ?? (told < 126 ? 0 : told <= ushort.MaxValue ? 2 : 8))
        {
            case 0:
                bytes.Add((byte)(mask | (int)told));
                break;
            case 2:
                bytes.AddRange([(byte)(mask | 126), (byte)(told >> 8), (byte)told]);
                break;
            default:
                var eight = new byte[8];
                BinaryPrimitives.WriteUInt64BigEndian(eight, told);
                bytes.AddRange([(byte)(mask | 127), .. eight]);
                break;
        }

        return masked ? [.. bytes, .. s_mask, .. payload.Select((b, i) => (byte)(b ^ s_mask[i % 4]))] : [.. bytes, .. payload];
    }

    public static byte[] CloseFrame(int status, string reason = "") => CloseFrame(status, System.Text.Encoding.UTF8.GetBytes(reason));

    public static byte[] CloseFrame(int status, byte[] reason) => Frame(Close, [(byte)(status >> 8), (byte)status, .. reason]);

    /// <summary>One message, in frames of so many bytes.</summary>
    public static byte[][] Fragments(int opcode, byte[] payload, int size)
    {
        var parts = payload.Chunk(size).ToArray();
        return [.. parts.Select((part, i) => Frame(i == 0 ? opcode : More, part, final: i == parts.Length - 1))];
    }

    /// <summary>The same bytes, written in pieces.</summary>
    public static byte[][] Chopped(byte[] bytes, int size) => [.. bytes.Chunk(size)];

    public static byte[] Joined(params byte[][] frames) => [.. frames.SelectMany(f => f)];
}
