using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class PongReaderTests
{
    private const byte Text = 0x81;
    private const byte Pong = 0x8A;
    private static readonly byte[] s_mask = [0x11, 0xF2, 0x33, 0xA4];

    [Fact]
    public void A_pong_is_found_among_other_frames_however_they_are_cut()
    {
        byte[] bytes =
        [
            .. Frame(Text, new byte[200]), .. Frame(0x89, [1, 2, 3, 4, 5, 6, 7, 8]), .. Frame(Text, []), .. Frame(Pong, [1, 2]), .. Frame(Text, new byte[70_000]),
            .. Frame(Pong, [0, 0, 0, 0, 0, 0, 1, 7]), .. Frame(Text, [Pong, 8, 0, 0, 0, 0, 0, 0, 0, 9]),
        ];
        foreach (var size in (int[])[1, 2, 3, 7, 1000, bytes.Length])
        {
            var reader = new PongReader();
            var found = new List<ulong>();
            foreach (var part in bytes.Chunk(size))
            {
                if (reader.Read(part) is { } number)
                {
                    found.Add(number);
                }
            }

            Assert.Equal([263UL], found);
        }
    }

    /// <summary>As a client sends it.</summary>
    private static byte[] Frame(byte first, byte[] payload)
    {
        var length = payload.Length switch
        {
            < 126 => new[] { (byte)(0x80 | payload.Length) },
            <= ushort.MaxValue => [0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0x80 | 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [first, .. length, .. s_mask, .. payload.Select((b, i) => (byte)(b ^ s_mask[i % 4]))];
    }
}
