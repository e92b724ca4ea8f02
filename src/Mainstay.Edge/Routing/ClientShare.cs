using System.Net;
using System.Text;

namespace Mainstay.Edge.Routing;

/// <summary>A share of all clients, by a hash of their address: nothing is remembered, every worker decides alike, and a larger share contains the smaller one.</summary>
/// <param name="salt">So that the share of one service does not consist of the same clients as that of the next.</param>
/// <param name="percent">Of a hundred; what is not a number is none.</param>
internal sealed class ClientShare(string salt, double percent)
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const int LongestAddress = 16;

    private readonly ulong _seed = Add(Offset, Encoding.UTF8.GetBytes(salt));

    public bool Includes(IPAddress? client) => percent > 0 && client is not null && PlaceOf(client) < percent;

    /// <summary>Where a client stands between 0 and 100.</summary>
    private double PlaceOf(IPAddress client)
    {
        Span<byte> bytes = stackalloc byte[LongestAddress];
        client.TryWriteBytes(bytes, out var length);
        var hash = Mixed(Add(_seed, bytes[..length]));
        return (hash >> 11) * (100.0 / (1UL << 53));
    }

    // FNV-1a: the same in every process and release, as string.GetHashCode is not.
    private static ulong Add(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        return hash;
    }

    // Addresses differ in their last bits, which FNV alone does not carry into the upper ones (the finish of MurmurHash3).
    private static ulong Mixed(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
