using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mainstay.Realtime.Hub.Notices;

/// <summary>Where notices go, and the secret that shows they come from this hub.</summary>
internal sealed record Webhook(Uri Url, string Secret)
{
    public const int MinSecret = 32;

    public const string SignatureHeader = "Mainstay-Signature";
    public const string IdHeader = "Mainstay-Notice";

    /// <summary>Of <c>T.BODY</c>: with the time in it, a notice that somebody recorded is worth nothing later.</summary>
    public string Sign(ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(time), (byte)'.', .. body];
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed))}";
    }

    /// <summary>The secret is nobody's to read.</summary>
    public override string ToString() => Url.GetLeftPart(UriPartial.Path);
}
