using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>Writes commands as the protocol wants them: an array of strings, each with its length in bytes, so that any byte may stand in it.</summary>
internal static class RespWriter
{
    private const int LongestHead = 24;

    /// <summary>A command of words, e.g. <c>SELECT 3</c>.</summary>
    public static void WriteCommand(IBufferWriter<byte> to, params ReadOnlySpan<string> words)
    {
        WriteHead(to, words.Length);
        foreach (var word in words)
        {
            WriteString(to, word);
        }
    }

    /// <summary>Begins a command of this many strings, which must follow.</summary>
    public static void WriteHead(IBufferWriter<byte> to, int count) => WriteLine(to, (byte)'*', count);

    public static void WriteString(IBufferWriter<byte> to, ReadOnlySpan<byte> bytes)
    {
        WriteLine(to, (byte)'$', bytes.Length);
        to.Write(bytes);
        to.Write("\r\n"u8);
    }

    /// <summary>As UTF-8.</summary>
    public static void WriteString(IBufferWriter<byte> to, string text)
    {
        WriteLine(to, (byte)'$', Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, to);
        to.Write("\r\n"u8);
    }

    public static void WriteString(IBufferWriter<byte> to, long number)
    {
        Span<byte> digits = stackalloc byte[LongestHead];
        Utf8Formatter.TryFormat(number, digits, out var length);
        WriteString(to, digits[..length]);
    }

    private static void WriteLine(IBufferWriter<byte> to, byte sign, int number)
    {
        var line = to.GetSpan(LongestHead);
        line[0] = sign;
        Utf8Formatter.TryFormat(number, line[1..], out var digits);
        line[digits + 1] = (byte)'\r';
        line[digits + 2] = (byte)'\n';
        to.Advance(digits + 3);
    }
}
