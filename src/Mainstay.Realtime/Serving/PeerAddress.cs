using System.Net;

namespace Mainstay.Realtime.Serving;

/// <summary>Who sent a request: the edge is on this machine and names the client; nobody else is believed.</summary>
internal static class PeerAddress
{
    /// <param name="connected">Whoever the connection is with.</param>
    /// <param name="named">The last entry of X-Forwarded-For; null: there is none.</param>
    public static IPAddress? Of(IPAddress? connected, string? named)
    {
        var peer = connected is not null && IPAddress.IsLoopback(connected) && IPAddress.TryParse(named, out var client) ? client : connected;
        return peer is { IsIPv4MappedToIPv6: true } ? peer.MapToIPv4() : peer;
    }
}
