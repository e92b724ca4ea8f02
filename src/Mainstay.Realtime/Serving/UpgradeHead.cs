using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Method = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;
using Version = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion;

namespace Mainstay.Realtime.Serving;

/// <summary>Reads the head of a request for a WebSocket, and writes the head of the answer (RFC 6455 4.2). Kestrel's own parser decides what is HTTP.</summary>
internal static class UpgradeHead
{
    private static readonly HttpParser<Collector> s_parser = new();

    /// <summary>Null when it is a request of another kind, or none at all: then HTTP is to answer it.</summary>
    public static UpgradeRequest? TryRead(ReadOnlySequence<byte> head, IPAddress? peer)
    {
        var reader = new SequenceReader<byte>(head);
        var collector = new Collector();
        try
        {
            if (!s_parser.ParseRequestLine(collector, ref reader) || !s_parser.ParseHeaders(collector, ref reader))
            {
                return null;
            }
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return null;
        }

        var request = new UpgradeRequest(collector.Target, collector.Headers, peer);
        var isUpgrade = collector is { IsGet: true, IsHttp11: true }
            && request.Items("Upgrade").Contains("websocket", StringComparer.OrdinalIgnoreCase)
            && request.Items("Connection").Contains("upgrade", StringComparer.OrdinalIgnoreCase)
            && request.Header("Content-Length") is null or "0"
            && request.Header("Transfer-Encoding") is null;
        return isUpgrade ? request with { Peer = PeerAddress.Of(peer, request.Items("X-Forwarded-For").LastOrDefault()) } : null;
    }

    /// <summary>Null when the handshake is right; else what is wrong with it.</summary>
    public static UpgradeRefusal? Fault(UpgradeRequest request) =>
        request.Header("Sec-WebSocket-Version") != "13" ? new(426, "bad_handshake", "Sec-WebSocket-Version must be 13") { Fields = [new("Sec-WebSocket-Version", "13")] }
        : request.Header("Sec-WebSocket-Key") is not { } key || !IsKey(key) ? new(400, "bad_handshake", "Sec-WebSocket-Key must be 16 bytes in base64")
        : request.Header("Host") is null ? new(400, "bad_handshake", "there must be one Host")
        : null;

    /// <param name="protocol">The subprotocol; null: none.</param>
    /// <param name="extension">As it is answered; null: none.</param>
    public static byte[] Accept(UpgradeRequest request, string? protocol, string? extension = null)
    {
        // The hash that the protocol prescribes protects nothing; it proves that the answer was made for this request.
#pragma warning disable CA5350
        var proof = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request.Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var chosen = (protocol is null ? "" : $"Sec-WebSocket-Protocol: {protocol}\r\n") + (extension is null ? "" : $"Sec-WebSocket-Extensions: {extension}\r\n");
        return Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {proof}\r\n{chosen}\r\n");
    }

    public static byte[] Refuse(UpgradeRefusal refusal)
    {
        var type = refusal.Json is null ? "application/problem+json" : "application/json";
        var body = refusal.Json ?? $$"""{"type":"about:blank","status":{{refusal.Status}},"title":"{{refusal.Code}}","detail":"{{refusal.Detail}}"}""";
        var extra = string.Concat(refusal.Fields.Select(f => $"{f.Key}: {f.Value}\r\n"));
        return Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $"HTTP/1.1 {refusal.Status} {Phrase(refusal.Status)}\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{extra}\r\n{body}"));
    }

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[24];
        return Convert.TryFromBase64String(key, bytes, out var length) && length == 16;
    }

    private static string Phrase(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Refused",
    };

    private sealed class Collector : IHttpRequestLineHandler, IHttpHeadersHandler
    {
        public bool IsGet { get; private set; }

        public bool IsHttp11 { get; private set; }

        public string Target { get; private set; } = "";

        public List<KeyValuePair<string, string>> Headers { get; } = [];

        public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
        {
            IsGet = versionAndMethod.Method == Method.Get;
            IsHttp11 = versionAndMethod.Version == Version.Http11;
            Target = Encoding.Latin1.GetString(startLine[targetPath.Offset..]);
            var end = Target.IndexOf(' ');
            Target = end < 0 ? Target : Target[..end];
        }

        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Headers.Add(new(Encoding.ASCII.GetString(name), Encoding.Latin1.GetString(value)));

        public void OnHeadersComplete(bool endStream)
        {
        }

        public void OnStaticIndexedHeader(int index) => throw new NotSupportedException("that is HTTP/2");

        public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new NotSupportedException("that is HTTP/2");
    }
}
