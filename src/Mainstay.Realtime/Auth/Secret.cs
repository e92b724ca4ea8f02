using System.Text;

namespace Mainstay.Realtime.Auth;

/// <summary>Bytes that nobody may print.</summary>
public sealed class Secret(byte[] bytes)
{
    /// <summary>Below this, a secret of HMAC-SHA256 is weaker than the hash (RFC 7518, 3.2).</summary>
    public const int MinHmacBytes = 32;

    public ReadOnlySpan<byte> Bytes => bytes;

    public int Length => bytes.Length;

    public static Secret OfText(string text) => new(Encoding.UTF8.GetBytes(text));

    public override string ToString() => "(secret)";
}
