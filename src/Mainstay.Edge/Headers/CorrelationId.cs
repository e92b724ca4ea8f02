using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Headers;

/// <summary>The name under which one request is found again in every log: the client's own when it is well formed, else a new one.</summary>
internal sealed class CorrelationId(TimeProvider time)
{
    public const string Header = "X-Correlation-ID";
    private const int MaxLength = 128;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:+/=-");

    private const int TimeLength = 9;
    private const int RandomBytes = 10;
    private const int Length = TimeLength + (RandomBytes * 8 / 5);

    /// <summary>Asking the kernel for each request would cost more than the rest of the id.</summary>
    private const int Stock = 64 * RandomBytes;

    [ThreadStatic]
    private static byte[]? t_stock;

    [ThreadStatic]
    private static int t_used;

    public static bool IsWellFormed(string? id) => id is { Length: > 0 and <= MaxLength } && !id.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>The one well-formed id that a client sent, or a new one.</summary>
    public string For(StringValues given) => given.Count == 1 && IsWellFormed(given[0]) ? given[0]! : Next();

    /// <summary>The time, so that ids sort by it, and 80 bits that nobody can guess.</summary>
    public string Next() => string.Create(Length, time.GetUtcNow().ToUnixTimeMilliseconds(), static (span, now) =>
    {
        Write(span[..TimeLength], (ulong)now);
        var random = Random();
        Write(span[TimeLength..(TimeLength + 8)], Five(random));
        Write(span[(TimeLength + 8)..], Five(random[5..]));
    });

    private static ReadOnlySpan<byte> Random()
    {
        var stock = t_stock ??= new byte[Stock];
        if (t_used % Stock == 0)
        {
            RandomNumberGenerator.Fill(stock);
            t_used = 0;
        }

        t_used += RandomBytes;
        return stock.AsSpan(t_used - RandomBytes, RandomBytes);
    }

    /// <summary>Five bytes are eight letters.</summary>
    private static ulong Five(ReadOnlySpan<byte> bytes) => ((ulong)bytes[0] << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);

    private static void Write(Span<char> span, ulong value)
    {
        for (var i = span.Length - 1; i >= 0; i--, value >>= 5)
        {
            span[i] = Alphabet[(int)(value & 31)];
        }
    }
}
