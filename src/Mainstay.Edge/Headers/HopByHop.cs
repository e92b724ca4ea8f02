using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Edge.Headers;

/// <summary>Which fields of a request need more than copying.</summary>
internal enum RequestField
{
    EndToEnd,
    Host,
    ContentLength,
    Connection,
    Cookie,
    Te,
    Forwarded,
    ForwardedFor,
    ForwardedProto,
    ForwardedHost,

    /// <summary>Says something about the client that only a trusted proxy may say; passed on from those only.</summary>
    ForwardedOther,
    CorrelationId,

    /// <summary>Ends here.</summary>
    HopByHop,
}

/// <summary>Which fields of a response need more than copying.</summary>
internal enum ResponseField
{
    EndToEnd,
    ContentLength,
    ContentType,
    TransferEncoding,
    Connection,
    KeepAlive,
    HopByHop,
}

/// <summary>What ends at this hop (RFC 9110 7.6.1), found by length first so that an ordinary field costs one comparison.</summary>
internal static class HopByHop
{
    public static RequestField ClassifyRequest(string name) => name.Length switch
    {
        2 when Is(name, "TE") => RequestField.Te,
        4 when Is(name, "Host") => RequestField.Host,
        5 when Is(name, "Proxy") => RequestField.HopByHop,
        6 when Is(name, "Cookie") => RequestField.Cookie,
        6 when Is(name, "Expect") => RequestField.HopByHop,
        7 when Is(name, "Upgrade") || Is(name, "Trailer") => RequestField.HopByHop,
        9 when Is(name, "Forwarded") => RequestField.Forwarded,
        9 when Folds(name, "X-Real-IP") => RequestField.ForwardedOther,
        10 when Is(name, "Connection") || Is(name, "Keep-Alive") => name[0] is 'C' or 'c' ? RequestField.Connection : RequestField.HopByHop,
        14 when Is(name, "Content-Length") => RequestField.ContentLength,
        14 when Is(name, "HTTP2-Settings") => RequestField.HopByHop,
        15 when Folds(name, "X-Forwarded-For") => Exact(name, RequestField.ForwardedFor),
        16 when Folds(name, "X-Forwarded-Host") => Exact(name, RequestField.ForwardedHost),
        16 when Folds(name, "X-Correlation-ID") => Exact(name, RequestField.CorrelationId),
        16 when Is(name, "Proxy-Connection") => RequestField.HopByHop,
        17 when Folds(name, "X-Forwarded-Proto") => Exact(name, RequestField.ForwardedProto),
        17 when Is(name, "Transfer-Encoding") => RequestField.HopByHop,
        19 when Is(name, "Proxy-Authorization") => RequestField.HopByHop,
        > 12 when Folds(name.AsSpan(0, 12), "X-Forwarded-") => RequestField.ForwardedOther,
        _ => RequestField.EndToEnd,
    };

    public static ResponseField ClassifyResponse(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 when Is(name, "Upgrade"u8) || Is(name, "Trailer"u8) => ResponseField.HopByHop,
        10 when Is(name, "Connection"u8) => ResponseField.Connection,
        10 when Is(name, "Keep-Alive"u8) => ResponseField.KeepAlive,
        12 when Is(name, "Content-Type"u8) => ResponseField.ContentType,
        14 when Is(name, "Content-Length"u8) => ResponseField.ContentLength,
        16 when Is(name, "Proxy-Connection"u8) || Is(name, "X-Correlation-ID"u8) => ResponseField.HopByHop,
        17 when Is(name, "Transfer-Encoding"u8) => ResponseField.TransferEncoding,
        _ => ResponseField.EndToEnd,
    };

    /// <summary>True when the Connection field nominates more than the words that every client sends.</summary>
    public static bool Nominates(string connection) =>
        connection.Length > 0 && !Is(connection, "keep-alive") && !Is(connection, "close") && !Is(connection, "upgrade");

    /// <summary>
    /// True when a client may have <paramref name="name"/> dropped by nominating it. Nobody may nominate away what says who is asking,
    /// where to, or how long the message is: that is how a request loses its identity between the guard that read it and the service.
    /// </summary>
    public static bool MayBeNominated(string name) => ClassifyRequest(name) == RequestField.EndToEnd
        && !Is(name, "Authorization") && !Is(name, "Content-Type") && !Is(name, "Content-Encoding") && !Is(name, "Origin") && !Is(name, "X-Request-ID")
        && !Is(name, "Idempotency-Key") && !name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase);

    public static bool ContainsToken(ReadOnlySpan<char> list, ReadOnlySpan<char> token)
    {
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Drops the response fields that the upstream's Connection field names.</summary>
    public static void RemoveNominated(IHeaderDictionary headers, string connection)
    {
        foreach (var range in connection.AsSpan().Split(','))
        {
            var name = connection.AsSpan()[range].Trim(" \t").ToString();
            if (name.Length > 0 && !Is(name, "Set-Cookie") && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                headers.Remove(name);
            }
        }
    }

    // X_Forwarded_For becomes the same variable as X-Forwarded-For in many frameworks: it is a forgery, whoever sends it.
    private static RequestField Exact(string name, RequestField field) => name.Contains('_', StringComparison.Ordinal) ? RequestField.HopByHop : field;

    private static bool Is(ReadOnlySpan<char> name, ReadOnlySpan<char> wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted) => Ascii.EqualsIgnoreCase(name, wanted);

    private static bool Folds(ReadOnlySpan<char> name, ReadOnlySpan<char> wanted)
    {
        for (var i = 0; i < wanted.Length; i++)
        {
            var (c, w) = (name[i], wanted[i]);
            if (c != w && (c | 0x20) != (w | 0x20) && !(c == '_' && w == '-'))
            {
                return false;
            }
        }

        return true;
    }
}
