using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Headers;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Routing;

/// <summary>Which requests candidates get: those that ask by header or cookie, and a share of all clients, always the same ones.</summary>
internal sealed class CanaryRule(EdgeCanary canary, string service)
{
    private readonly ClientShare _share = new(service, canary.Percent);

    public bool Takes(EdgeRequest request, TrustedProxies trusted) =>
        IsAskedFor(request.Headers.Cookie, canary.HeaderName is { Length: > 0 } name ? request.Headers[name] : default)
        || _share.Includes(ClientAddress.Of(request.Peer, request.Headers["X-Forwarded-For"], trusted));

    /// <summary>The client asks for it by name.</summary>
    public bool IsAskedFor(in StringValues cookies, in StringValues header) =>
        HasHeader(header) || HasCookie(cookies);

    // Every field counts by itself, and whole: a list of values is another value.
    private bool HasHeader(in StringValues values)
    {
        foreach (var value in values)
        {
            if (value is not null && value == canary.HeaderValue)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasCookie(in StringValues fields)
    {
        if (canary is not { CookieName: { Length: > 0 } name, CookieValue: { } value })
        {
            return false;
        }

        // HTTP/2 may split the cookies over several fields.
        foreach (var field in fields)
        {
            if (CookieText.Has(field, name, value))
            {
                return true;
            }
        }

        return false;
    }
}
