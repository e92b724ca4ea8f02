using System.Buffers;
using Mainstay.Edge.Headers;
using Mainstay.Edge.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Mainstay.Edge.Forwarding;

/// <summary>Writes the head that the instance gets: the target byte by byte as it came, end-to-end fields unchanged, framing and forwarding fields our own.</summary>
internal static class RequestHead
{
    // A fragment has no business in a request, and parsers disagree about what is the path before it.
    private static readonly SearchValues<char> Allowed = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(i => (char)i).Where(c => c != '#')]);

    /// <summary>False when the request cannot be written as one HTTP/1.1 head; the answer is 400.</summary>
    /// <param name="upgrade">For a WebSocket: the handshake's fields are written by the caller, and the empty line too.</param>
    public static bool TryWrite(EdgeRequest request, Route route, TrustedProxies trusted, bool upgrade = false)
    {
        ref var head = ref request.Head;
        head.Truncate(0);
        var method = upgrade ? "GET" : request.Method;
        if (!HeaderText.IsToken(method) || !TryWriteLine(ref head, method, request, route))
        {
            return false;
        }

        head.Field("Host", request.Host);
        var isTrusted = trusted.Contains(request.Peer);
        var forwarding = new ForwardingFields(isTrusted);
        if (!HeaderText.IsSafeValue(request.Host) || !TryCopyFields(ref head, request, isTrusted, ref forwarding))
        {
            return false;
        }

        forwarding.Write(ref head, request, route);
        head.Field(CorrelationId.Header, request.CorrelationId);
        return upgrade || TryWriteFraming(ref head, request);
    }

    private static bool TryWriteLine(ref HeadBuffer head, string method, EdgeRequest request, Route route)
    {
        var target = RequestTarget.OriginForm(request.RawTarget);
        if (route.Prefix.Length > 0)
        {
            target = RequestTarget.Strip(target, route.Prefix, request.Path, request.Query);
        }

        if (target.IsEmpty || target.ContainsAnyExcept(Allowed))
        {
            return false;
        }

        head.Write(method);
        head.Write(" "u8);
        head.Write(target);
        head.Write(" HTTP/1.1\r\n"u8);
        return true;
    }

    private static bool TryCopyFields(ref HeadBuffer head, EdgeRequest request, bool isTrusted, ref ForwardingFields forwarding)
    {
        var headers = request.Headers;
        var connection = headers.Connection.ToString();
        var nominated = HopByHop.Nominates(connection) ? connection : null;
        request.MustClose = nominated is not null && HopByHop.ContainsToken(nominated, ConnectionFieldEncoding.DisguisedClose);
        foreach (var (name, values) in headers)
        {
            var field = HopByHop.ClassifyRequest(name);
            if (field == RequestField.EndToEnd)
            {
                if (nominated is not null && HopByHop.ContainsToken(nominated, name) && HopByHop.MayBeNominated(name))
                {
                    continue;
                }

                if (!HeaderText.IsToken(name) || !TryCopy(ref head, name, values))
                {
                    return false;
                }

                continue;
            }

            if (!TrySpecial(ref head, field, name, values, isTrusted, ref forwarding))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySpecial(ref HeadBuffer head, RequestField field, string name, in StringValues values, bool isTrusted, ref ForwardingFields forwarding)
    {
        switch (field)
        {
            case RequestField.Cookie when values.Count > 1:
                // HTTP/2 may split the cookies over several fields; HTTP/1.1 has one.
                return TryCopy(ref head, name, string.Join("; ", values.ToArray()));

            case RequestField.Cookie:
                return TryCopy(ref head, name, values);

            case RequestField.Te when HopByHop.ContainsToken(values.ToString(), "trailers"):
                head.Write("TE: trailers\r\n"u8);
                return true;

            case RequestField.ForwardedFor or RequestField.ForwardedProto or RequestField.ForwardedHost or RequestField.Forwarded when isTrusted:
                return forwarding.TryKeep(field, values);

            case RequestField.ForwardedOther when isTrusted:
                return TryCopy(ref head, name, values);

            default:
                return true;
        }
    }

    private static bool TryCopy(ref HeadBuffer head, string name, in StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (!HeaderText.IsSafeValue(value))
            {
                return false;
            }

            head.Field(name, value);
        }

        return true;
    }

    private static bool TryWriteFraming(ref HeadBuffer head, EdgeRequest request)
    {
        if (request.Headers.ContentLength is { } length)
        {
            head.Write("Content-Length: "u8);
            head.Write(length);
            head.Write("\r\n"u8);
        }
        else if (request.CanHaveBody)
        {
            // The server takes a message with both framings as chunked and renames the length. It is an attack or a fault: refuse it.
            if (request.Headers.ContainsKey("X-Content-Length"))
            {
                return false;
            }

            head.Write("Transfer-Encoding: chunked\r\n"u8);
        }

        head.Write("\r\n"u8);
        return true;
    }
}
