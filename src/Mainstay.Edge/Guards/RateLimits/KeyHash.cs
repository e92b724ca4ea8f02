using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Mainstay.Edge.Guards.RateLimits;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012) with a secret of the process: nobody outside can find two keys that count as one, or learn a key from the table.</summary>
internal static class KeyHash
{
    private static readonly ulong s_secret0 = Random();
    private static readonly ulong s_secret1 = Random();

    public static ulong Of(ReadOnlySpan<byte> bytes) => Of(bytes, s_secret0, s_secret1);

    internal static ulong Of(ReadOnlySpan<byte> bytes, ulong secret0, ulong secret1)
    {
        var (a, b, c, d) = (secret0 ^ 0x736f6d6570736575, secret1 ^ 0x646f72616e646f6d, secret0 ^ 0x6c7967656e657261, secret1 ^ 0x7465646279746573);
        var rest = bytes;
        while (rest.Length >= sizeof(ulong))
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(rest), ref a, ref b, ref c, ref d);
            rest = rest[sizeof(ulong)..];
        }

        var last = (ulong)bytes.Length << 56;
        for (var i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        Add(last, ref a, ref b, ref c, ref d);
        c ^= 0xff;
        for (var i = 0; i < 4; i++)
        {
            Round(ref a, ref b, ref c, ref d);
        }

        return a ^ b ^ c ^ d;
    }

    private static void Add(ulong word, ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        d ^= word;
        Round(ref a, ref b, ref c, ref d);
        Round(ref a, ref b, ref c, ref d);
        a ^= word;
    }

    private static void Round(ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        a += b;
        b = BitOperations.RotateLeft(b, 13) ^ a;
        a = BitOperations.RotateLeft(a, 32);
        c += d;
        d = BitOperations.RotateLeft(d, 16) ^ c;
        a += d;
        d = BitOperations.RotateLeft(d, 21) ^ a;
        c += b;
        b = BitOperations.RotateLeft(b, 17) ^ c;
        c = BitOperations.RotateLeft(c, 32);
    }

    private static ulong Random() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
