using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mainstay.Edge.Headers;

/// <summary>The small grammar of header fields, on bytes and on strings.</summary>
internal static class HeaderText
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SharedSlots = 1024;
    private const int MaxSharedLength = 64;

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(Encoding.ASCII.GetBytes(TokenCharacters));
    private static readonly SearchValues<char> TokenChars = SearchValues.Create(TokenCharacters);
    private static readonly SearchValues<char> ForbiddenInValue = SearchValues.Create("\0\r\n");

    // Upstreams say the same few names and values over and over. A slot is overwritten when two texts meet in it: bounded, and no lock.
    private static readonly string?[] SharedTexts = new string?[SharedSlots];

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    /// <summary>Free of the characters that would end the field early.</summary>
    public static bool IsSafeValue(ReadOnlySpan<char> text) => !text.ContainsAny(ForbiddenInValue);

    /// <summary>Latin-1, so that every byte survives the way through a string; frequent texts are not allocated again.</summary>
    public static string Shared(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return "";
        }

        if (text.Length > MaxSharedLength)
        {
            return Encoding.Latin1.GetString(text);
        }

        ref var slot = ref SharedTexts[Slot(text)];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(text, known))
        {
            return known;
        }

        var made = Encoding.Latin1.GetString(text);
        Volatile.Write(ref slot, made);
        return made;
    }

    /// <summary>Digits only: no sign, no list, no space, no overflow.</summary>
    public static bool TryLength(ReadOnlySpan<byte> text, out long length)
    {
        length = 0;
        return text.Length is > 0 and <= 18
            && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(text, out length, out var used)
            && used == text.Length;
    }

    /// <summary>The seconds in <c>timeout=5, max=100</c>; 0 when there are none.</summary>
    public static int KeepAliveSeconds(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf("timeout="u8);
        return at >= 0 && Utf8Parser.TryParse(text[(at + 8)..], out int seconds, out _) && seconds > 0 ? seconds : 0;
    }

    private static int Slot(ReadOnlySpan<byte> text)
    {
        var hash = (uint)text.Length * 0x9E3779B1u;
        foreach (var b in text)
        {
            hash = (hash ^ b) * 0x01000193u;
        }

        return (int)((hash ^ (hash >> 15)) % SharedSlots);
    }
}
