using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Mainstay.Realtime.Auth.Jwt;

/// <summary>A token taken apart, with nothing believed yet.</summary>
internal sealed record JwtText(ImmutableDictionary<string, JsonElement> Header, ReadOnlyMemory<byte> Payload, byte[] SignedBytes, byte[] Signature)
{
    /// <summary>Longer than any token that fits into the headers of common servers.</summary>
    public const int MaxLength = 8192;

    public static (JwtText? Token, Refusal Why) Read(string text)
    {
        if (text.Length > MaxLength)
        {
            return (null, Refusal.TokenTooLong);
        }

        if (text.Split('.') is not [var header, var payload, var signature]
            || Base64UrlText.Decode(header) is not { } headerBytes
            || Base64UrlText.Decode(payload) is not { } payloadBytes
            || Base64UrlText.Decode(signature) is not { } signatureBytes
            || StrictJson.ReadObject(headerBytes) is not { } members)
        {
            return (null, Refusal.TokenMalformed);
        }

        return (new(members, payloadBytes, Encoding.ASCII.GetBytes(text, 0, header.Length + 1 + payload.Length), signatureBytes), default);
    }
}
