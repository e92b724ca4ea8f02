using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>A connection that has said who it is, as the hub sees it.</summary>
internal interface IHubClient
{
    /// <summary>Greater than that of every connection before it.</summary>
    long Number { get; }

    Identity Who { get; }

    /// <summary>What the device said of itself; null for others.</summary>
    DeviceHello? Device { get; }

    string Session { get; }

    /// <returns>False: nothing of it will be sent, because the connection ends.</returns>
    bool Send(ReadOnlyMemory<byte> frame);

    void Close(HubClose code, string reason);
}

/// <summary>What a device's capabilities are called.</summary>
internal static class HubClients
{
    public static bool Can(this IHubClient client, string cap) => (client.Device?.Caps ?? ImmutableArray<string>.Empty).Contains(cap, StringComparer.Ordinal);
}
