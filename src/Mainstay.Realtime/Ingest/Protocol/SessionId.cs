using System.Security.Cryptography;

namespace Mainstay.Realtime.Ingest.Protocol;

/// <summary>128 random bits that name a session, as 32 hex digits.</summary>
internal readonly record struct SessionId(string Text)
{
    private const int Length = 32;

    public static SessionId New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length / 2)));

    public static bool TryParse(string text, out SessionId id)
    {
        id = new(text);
        return text.Length == Length && text.All(char.IsAsciiHexDigitLower);
    }

    public override string ToString() => Text;
}
