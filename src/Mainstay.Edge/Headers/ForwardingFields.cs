using Mainstay.Edge.Forwarding;
using Mainstay.Edge.Routing;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Headers;

/// <summary>X-Forwarded-* and Forwarded: a trusted proxy's word is continued, everybody else's is replaced by what we see ourselves.</summary>
internal ref struct ForwardingFields(bool trusted)
{
    private string? _for;
    private string? _proto;
    private string? _host;
    private string? _forwarded;

    /// <summary>Remembers a trusted peer's field; false when its text cannot stand in a header.</summary>
    public bool TryKeep(RequestField field, in StringValues values)
    {
        var text = values.ToString();
        if (!HeaderText.IsSafeValue(text))
        {
            return false;
        }

        switch (field)
        {
            case RequestField.ForwardedFor:
                _for = text;
                break;
            case RequestField.ForwardedProto:
                _proto = text;
                break;
            case RequestField.ForwardedHost:
                _host = text;
                break;
            case RequestField.Forwarded:
                _forwarded = text;
                break;
        }

        return true;
    }

    public readonly void Write(ref HeadBuffer head, EdgeRequest request, Route route)
    {
        var peer = request.PeerText;
        if (_for is { Length: > 0 })
        {
            head.Write("X-Forwarded-For: "u8);
            head.Write(_for);
            head.Write(", "u8);
            head.Write(peer);
            head.Write("\r\n"u8);
        }
        else
        {
            head.Field("X-Forwarded-For", peer);
        }

        head.Field("X-Forwarded-Proto", _proto ?? request.Scheme);
        head.Field("X-Forwarded-Host", _host ?? request.Host);
        if (route.Prefix.Length > 0)
        {
            head.Field("X-Forwarded-Prefix", route.Prefix);
        }

        if (trusted && _forwarded is { Length: > 0 })
        {
            head.Field("Forwarded", $"{_forwarded}, for={Node(peer)};proto={request.Scheme};host={Quoted(request.Host)}");
        }
    }

    // RFC 7239: an IPv6 address stands in brackets and quotes.
    private static string Node(string peer) => peer.Contains(':', StringComparison.Ordinal) ? $"\"[{peer}]\"" : peer;

    private static string Quoted(string host) => HeaderText.IsToken(host) ? host : $"\"{host.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
