using System.Text;

namespace Mainstay.Journal;

/// <summary>
/// SQLite checks the structure of its pages, not the bytes of a text in them: a flipped bit in a stored pid would go unnoticed.
/// Each record therefore carries a CRC-64 (ECMA-182, reflected) over its kind, key and text. It is against decay, not against forgery,
/// so no cryptographic hash is needed, which would load OpenSSL into the daemon.
/// </summary>
internal static class RecordChecksum
{
    private const ulong Polynomial = 0xC96C5795D7870F42;

    private static readonly ulong[] Table = MakeTable();

    public static long Of(string kind, string key, string json) => (long)Append(Append(Append(ulong.MaxValue, kind), key), json);

    private static ulong Append(ulong crc, string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            crc = Table[(byte)crc ^ value] ^ (crc >> 8);
        }

        // A byte that no UTF-8 text holds ends each part, so that "a"+"bc" and "ab"+"c" differ.
        return Table[(byte)crc ^ 0xFF] ^ (crc >> 8);
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
            }

            table[i] = crc;
        }

        return table;
    }
}
