using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mainstay.Journal;

/// <summary>
/// SQLite checks the structure of its pages, not the bytes of a text in them: a flipped bit in a stored pid would go unnoticed.
/// Each record therefore carries the first 63 bits of a SHA-256 over its kind, key and text.
/// </summary>
internal static class RecordChecksum
{
    public static long Of(string kind, string key, string json)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, kind);
        Append(hash, key);
        Append(hash, json);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadInt64LittleEndian(digest) & long.MaxValue;
    }

    private static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }
}
