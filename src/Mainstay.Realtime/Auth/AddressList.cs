using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Mainstay.Realtime.Auth;

/// <summary>Addresses and prefixes. An IPv4 address in its IPv6 form is the IPv4 address.</summary>
public sealed class AddressList
{
    public static readonly AddressList Empty = new([]);

    private readonly ImmutableArray<IPNetwork> _networks;

    private AddressList(ImmutableArray<IPNetwork> networks) => _networks = networks;

    public bool IsEmpty => _networks.IsEmpty;

    /// <summary>Entries are addresses or prefixes; the numbers (from 1) of those that are neither are returned.</summary>
    public static (AddressList List, ImmutableArray<int> Unreadable) Parse(IReadOnlyList<string> entries)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        var unreadable = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < entries.Count; i++)
        {
            if (ReadNetwork(entries[i]) is { } network)
            {
                networks.Add(network);
            }
            else
            {
                unreadable.Add(i + 1);
            }
        }

        return (new(networks.ToImmutable()), unreadable.ToImmutable());
    }

    /// <summary>An unknown address is in no list.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        var canonical = Canonical(address);
        return _networks.Any(n => n.Contains(canonical));
    }

    private static IPNetwork? ReadNetwork(string entry)
    {
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? entry : entry[..slash], out var address) || !IsWrittenInFull(address, entry) || address.AddressFamily is AddressFamily.InterNetworkV6 && address.ScopeId != 0)
        {
            return null;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(entry.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out length) || length > bits))
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            // A prefix shorter than the mapping's own 96 bits would reach over both families.
            (address, length) = (address.MapToIPv4(), length - 96);
            bits = 32;
        }

        // Bits behind the prefix are more likely a slip of the pen than a wish: 10.0.0.1/8 may have been meant as one host.
        return length >= 0 && !HasBitsBehind(address, length) ? new IPNetwork(address, length) : null;
    }

    /// <summary>"10.1" is an address to the parser, and no address that a person would mean.</summary>
    private static bool IsWrittenInFull(IPAddress address, string entry) =>
        address.AddressFamily is not AddressFamily.InterNetwork || entry.Split('/')[0] == address.ToString();

    private static bool HasBitsBehind(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        return Enumerable.Range(length, bytes.Length * 8 - length).Any(bit => (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0);
    }

    private static IPAddress Canonical(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        // A scope (fe80::1%eth0) is where the packet came in, not a part of the address.
        return address.AddressFamily is AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new(address.GetAddressBytes()) : address;
    }
}
