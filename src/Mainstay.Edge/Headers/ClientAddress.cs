using System.Net;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Headers;

/// <summary>Who the client is, as far as the trusted proxies can be believed about it.</summary>
internal static class ClientAddress
{
    /// <summary>The peer; behind trusted proxies the nearest address that is not one of them.</summary>
    /// <param name="peer">In canonical form.</param>
    /// <param name="forwardedFor">X-Forwarded-For as it came: what stands further right was added by somebody nearer to us.</param>
    public static IPAddress? Of(IPAddress? peer, in StringValues forwardedFor, TrustedProxies trusted)
    {
        var client = peer;
        for (var field = forwardedFor.Count - 1; field >= 0; field--)
        {
            var rest = forwardedFor[field].AsSpan();
            while (!rest.IsEmpty)
            {
                if (!trusted.Contains(client))
                {
                    // Whatever stands further left is its own word about itself.
                    return client;
                }

                var comma = rest.LastIndexOf(',');
                if (!IPEndPoint.TryParse(rest[(comma + 1)..].Trim(" \t"), out var named))
                {
                    // "unknown", or nonsense: the proxy that says so is the last we know.
                    return client;
                }

                client = TrustedProxies.Canonical(named.Address);
                rest = comma < 0 ? default : rest[..comma];
            }
        }

        return client;
    }
}
