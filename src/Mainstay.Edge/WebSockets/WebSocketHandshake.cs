using System.Security.Cryptography;
using System.Text;
using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Headers;

namespace Mainstay.Edge.WebSockets;

/// <summary>RFC 6455 section 4, and RFC 8441 for HTTP/2: what makes a request a WebSocket, and an answer its acceptance.</summary>
internal static class WebSocketHandshake
{
    private const string Accept = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>True when the client wants a WebSocket; other upgrades are not offered and the field is dropped.</summary>
    public static bool IsWanted(EdgeRequest request) => request.IsHttp2
        ? request.Method == "CONNECT" && request.ExtendedConnect is { IsExtendedConnect: true, Protocol: "websocket" }
        : request.Method == "GET" && !request.IsHttp10 && request.Headers.Upgrade.Count > 0
            && HopByHop.ContainsToken(request.Headers.Upgrade.ToString(), "websocket")
            && request.Upgrade is { IsUpgradableRequest: true };

    /// <summary>Ends the head for the instance; returns the key that its answer is to be checked with. Null: the client's key is malformed.</summary>
    public static string? EndHead(EdgeRequest request)
    {
        string? key;
        if (request.IsHttp2)
        {
            // Over HTTP/2 there is no key: the stream itself is the proof that both sides mean it.
            key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            request.Head.Field("Sec-WebSocket-Key", key);
            if (request.Headers.SecWebSocketVersion.Count == 0)
            {
                request.Head.Field("Sec-WebSocket-Version", "13");
            }
        }
        else
        {
            key = request.Headers.SecWebSocketKey.Count == 1 ? request.Headers.SecWebSocketKey[0] : null;
        }

        request.Head.Write("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"u8);
        return key is { Length: 24 } ? key : null;
    }

    public static bool IsAccepted(string key, string? answer)
    {
#pragma warning disable CA5350 // RFC 6455 says SHA-1; nothing is kept secret by it.
        var expected = SHA1.HashData(Encoding.ASCII.GetBytes(key + Accept));
#pragma warning restore CA5350
        return answer == Convert.ToBase64String(expected);
    }
}
