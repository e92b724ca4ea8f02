using System.Text;

namespace Mainstay.Edge.Headers;

/// <summary>Keeps what a client nominates in Connection readable for us.</summary>
/// <remarks>
/// The server reduces <c>close, X-Hop</c> to <c>close</c> before anybody can see it, and X-Hop would be forwarded against RFC 9110 7.6.1.
/// So a value that nominates anything reaches the server with <c>close</c> disguised, and the request closes the connection itself.
/// A value with <c>upgrade</c> is left alone: the server must see that one.
/// </remarks>
internal sealed class ConnectionFieldEncoding : Encoding
{
    /// <summary>Stands for <c>close</c> in a value that nominates other fields.</summary>
    public const string DisguisedClose = "~close";

    public static readonly ConnectionFieldEncoding Instance = new();

    private ConnectionFieldEncoding()
    {
    }

    public override int GetCharCount(byte[] bytes, int index, int count) => Read(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var text = Read(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(0, chars, charIndex, text.Length);
        return text.Length;
    }

    public override int GetMaxCharCount(int byteCount) => (byteCount * 2) + DisguisedClose.Length;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => charCount;

    private static string Read(ReadOnlySpan<byte> bytes)
    {
        var text = Latin1.GetString(bytes);
        if (!HopByHop.Nominates(text) || HopByHop.ContainsToken(text, "upgrade"))
        {
            return text;
        }

        var tokens = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return string.Join(',', tokens.Select(Disguised));
    }

    private static string Disguised(string token) =>
        token.Equals("close", StringComparison.OrdinalIgnoreCase) ? DisguisedClose
        : token.Equals("keep-alive", StringComparison.OrdinalIgnoreCase) ? "~keep-alive"
        : token;
}
