using System.Collections.Immutable;
using Mainstay.Realtime.Auth;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Serving;

/// <summary>What a request shows of who sent it, for the gate to look at.</summary>
internal static class RequestCredentials
{
    public static Credentials Of(UpgradeRequest request, DateTimeOffset now) => new()
    {
        Scheme = request.Header("X-Forwarded-Proto") is "http" ? "http" : "https",
        Host = request.Header("Host") ?? "",
        Path = request.Path,
        Query = request.Target.IndexOf('?') is var at and >= 0 ? request.Target[(at + 1)..] : "",
        Authorization = Lines(request, "Authorization"),
        Origin = Lines(request, "Origin"),
        TwilioSignature = Lines(request, "X-Twilio-Signature"),
        SubProtocol = Lines(request, "Sec-WebSocket-Protocol"),
        Peer = request.Peer,
        Now = now,
    };

    public static Credentials Of(HttpContext http, DateTimeOffset now) => new()
    {
        Method = http.Request.Method,
        Host = http.Request.Host.Value ?? "",
        Path = http.Request.Path,
        Query = http.Request.QueryString.Value?.TrimStart('?') ?? "",
        Authorization = [.. http.Request.Headers.Authorization.OfType<string>()],
        Origin = [.. http.Request.Headers.Origin.OfType<string>()],
        Peer = PeerAddress.Of(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"].LastOrDefault()?.Split(',')[^1].Trim()),
        Now = now,
    };

    private static ImmutableArray<string> Lines(UpgradeRequest request, string name) =>
        [.. request.Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];
}
