using System.Security.Cryptography;
using System.Text;

namespace Mainstay.Realtime.Auth;

/// <summary>What is needed to know Twilio's handshakes.</summary>
/// <param name="AuthToken">The account's auth token.</param>
/// <param name="PublicUrl">How Twilio names this server: scheme, host and port, and the part of the path that a proxy takes away; without a slash at the end.</param>
public sealed record TwilioSettings(Secret AuthToken, string PublicUrl);

/// <summary>Twilio's signature of a WebSocket handshake: base64 of HMAC-SHA1 over the URL as Twilio dialled it. There is no body and nothing else in it.</summary>
internal static class TwilioCheck
{
    private const int MacLength = 20;

    public static AuthOutcome Check(TwilioSettings settings, Credentials credentials)
    {
        if (credentials.TwilioSignature.IsEmpty)
        {
            return new AuthOutcome.Refused(Refusal.NoCredentials);
        }

        var sent = new byte[MacLength];
        if (credentials.TwilioSignature is not [{ Length: 28 } text] || !Convert.TryFromBase64String(text, sent, out var length) || length != MacLength || Convert.ToBase64String(sent) != text)
        {
            return new AuthOutcome.Refused(Refusal.TwilioSignatureMalformed);
        }

        // Twilio signs the URL of the <Stream> as written there; whether a slash at its end reached us is up to its client.
        var query = credentials.Query.Length == 0 ? "" : "?" + credentials.Query;
        var path = credentials.Path.TrimEnd('/');
        var matches = CryptographicOperations.FixedTimeEquals(sent, Mac(settings, path + query)) | CryptographicOperations.FixedTimeEquals(sent, Mac(settings, path + "/" + query));
        return matches ? new AuthOutcome.Admitted(Identity.Of(AuthMethod.TwilioSignature, "twilio")) : new AuthOutcome.Refused(Refusal.TwilioSignatureWrong);
    }

#pragma warning disable CA5350 // Twilio chose HMAC-SHA1; as a MAC it is not broken.
    private static byte[] Mac(TwilioSettings settings, string rest) => HMACSHA1.HashData(settings.AuthToken.Bytes, Encoding.UTF8.GetBytes(settings.PublicUrl + rest));
#pragma warning restore CA5350
}
