using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mainstay.Edge.Guards;

/// <summary>What tells requests apart: bytes made of the route, the client or headers. No two combinations are the same bytes.</summary>
/// <param name="parts"><c>route</c>, <c>client_ip</c> or <c>header:name</c>.</param>
/// <param name="fallback">For requests without the header, or <c>client_ip</c>.</param>
internal sealed class RequestKey(ImmutableArray<string> parts, string? fallback, int ipv6Prefix)
{
    public const int MaxLength = 2048;

    private const string OfHeader = "header:";
    private const string OfClient = "client_ip";
    private const int MaxValue = 255;

    public string Name { get; } = string.Join('+', parts.Select(p => p.StartsWith(OfHeader, StringComparison.Ordinal) ? p[OfHeader.Length..] : p));

    /// <param name="to">At least <see cref="MaxLength"/>.</param>
    /// <returns>How many bytes.</returns>
    public int Write(IRequestFacts facts, Span<byte> to)
    {
        var length = 0;
        foreach (var part in parts)
        {
            // What a part is, and how long.
            var size = Write(part, facts, to[(length + 2)..], out to[length]);
            to[length + 1] = (byte)size;
            length += 2 + size;
        }

        return length;
    }

    private int Write(string part, IRequestFacts facts, Span<byte> to, out byte tag)
    {
        if (part.StartsWith(OfHeader, StringComparison.Ordinal))
        {
            if (facts.Header(part[OfHeader.Length..]) is { Length: > 0 and <= MaxValue } value && Encoding.UTF8.TryGetBytes(value, to[..MaxValue], out var written))
            {
                tag = (byte)'h';
                return written;
            }

            if (fallback != OfClient)
            {
                tag = (byte)'f';
                return Encoding.UTF8.GetBytes(fallback ?? "", to);
            }

            part = OfClient;
        }

        tag = (byte)(part == OfClient ? 'c' : 'r');
        return part == OfClient ? Write(facts.Client, to) : 0;
    }

    private int Write(IPAddress? client, Span<byte> to)
    {
        if (client is null || !client.TryWriteBytes(to, out var length))
        {
            return 0;
        }

        if (client.AddressFamily is AddressFamily.InterNetworkV6)
        {
            for (var bit = ipv6Prefix; bit < length * 8; bit++)
            {
                to[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            }
        }

        return length;
    }
}
