using System.Collections.Immutable;
using System.Net;

namespace Mainstay.Edge.Headers;

/// <summary>The peers whose forwarding headers are believed; nobody unless the manifest names them.</summary>
internal sealed class TrustedProxies
{
    public static readonly TrustedProxies Nobody = new([]);

    private readonly IPNetwork[] _networks;

    private TrustedProxies(IPNetwork[] networks) => _networks = networks;

    /// <summary>Entries are addresses or CIDR ranges; those that are neither are returned, for the log, and trust nobody.</summary>
    public static (TrustedProxies Trusted, ImmutableArray<string> Unreadable) Parse(ImmutableArray<string> entries)
    {
        var networks = new List<IPNetwork>();
        var unreadable = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in entries)
        {
            if (IPNetwork.TryParse(entry, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(entry, out var address))
            {
                networks.Add(new(Canonical(address), Canonical(address).GetAddressBytes().Length * 8));
            }
            else
            {
                unreadable.Add(entry);
            }
        }

        return (networks.Count == 0 ? Nobody : new([.. networks]), unreadable.ToImmutable());
    }

    /// <param name="address">In canonical form.</param>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An IPv4 address that came in through an IPv6 socket is the same peer.</summary>
    public static IPAddress Canonical(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
