using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Guards.RateLimits;

/// <summary>One limit: whom a request counts for, and the states of all whom it counted.</summary>
internal sealed class RateLimit
{
    private const string OfHeader = "header:";
    private const string OfClient = "client_ip";
    private const int MaxValue = 255;
    private const int MaxKey = 2048;

    private readonly ImmutableArray<string> _keys;
    private readonly string? _fallback;
    private readonly int _ipv6Prefix;
    private readonly double _second;
    private readonly Gcra _rule;
    private readonly string _name;
    private readonly LimitTable _table;

    /// <param name="frequency">Timestamps in a second.</param>
    /// <param name="table">With what was counted before, when this limit is one that was there.</param>
    public RateLimit(EdgeRateLimit of, long frequency, LimitTable table)
    {
        (_keys, _fallback, _ipv6Prefix, _second, _table) = (of.Keys, of.Fallback, of.Ipv6Prefix, frequency, table);
        _rule = new(of.Count, (long)(of.PerS * frequency), of.Burst);
        _name = string.Join('+', _keys.Select(k => k.StartsWith(OfHeader, StringComparison.Ordinal) ? k[OfHeader.Length..] : k));
        Policy = string.Create(CultureInfo.InvariantCulture, $"\"{_name}\";q={of.Count};w={Math.Max(1, (long)Math.Ceiling(of.PerS))}");
    }

    /// <summary>For RateLimit-Policy.</summary>
    public string Policy { get; }

    public ulong KeyOf(IRequestFacts facts)
    {
        Span<byte> key = stackalloc byte[MaxKey];
        var length = 0;
        foreach (var part in _keys)
        {
            // What a part is, and how long: no two combinations are the same bytes.
            var size = Write(part, facts, key[(length + 2)..], out key[length]);
            key[length + 1] = (byte)size;
            length += 2 + size;
        }

        return KeyHash.Of(key[..length]);
    }

    public (long Wait, long WholeAt) Look(ulong key, long now) => _table.Look(key, _rule, now);

    public (long Wait, long WholeAt) Take(ulong key, long now) => _table.Take(key, _rule, now);

    public void GiveBack(ulong key) => _table.GiveBack(key, _rule);

    public long Left(long wholeAt, long now) => _rule.Left(wholeAt, now);

    /// <summary>For RateLimit: what is left, and in how many seconds all is there again; with nothing left, in how many there is one.</summary>
    public string Tell(long wholeAt, long now) => Left(wholeAt, now) is > 0 and var left ? Write(left, wholeAt - now) : Write(0, _rule.Wait(wholeAt, now));

    /// <summary>For RateLimit, when there is one after so long a time.</summary>
    public string Tell(long wait) => Write(0, wait);

    private string Write(long left, long time) => string.Create(CultureInfo.InvariantCulture, $"\"{_name}\";r={left};t={Seconds(time)}");

    /// <summary>Whole ones, so that who waits so long is not refused for the rest of one.</summary>
    public int Seconds(long time) => (int)Math.Max(1, Math.Ceiling(time / _second));

    private int Write(string part, IRequestFacts facts, Span<byte> to, out byte tag)
    {
        if (part.StartsWith(OfHeader, StringComparison.Ordinal))
        {
            if (facts.Header(part[OfHeader.Length..]) is { Length: > 0 and <= MaxValue } value && Encoding.UTF8.TryGetBytes(value, to[..MaxValue], out var written))
            {
                tag = (byte)'h';
                return written;
            }

            if (_fallback != OfClient)
            {
                tag = (byte)'f';
                return Encoding.UTF8.GetBytes(_fallback ?? "", to);
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
            for (var bit = _ipv6Prefix; bit < length * 8; bit++)
            {
                to[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            }
        }

        return length;
    }
}
