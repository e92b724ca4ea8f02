using System.Globalization;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Guards.RateLimits;

/// <summary>One limit: whom a request counts for, and the states of all whom it counted.</summary>
internal sealed class RateLimit
{
    private readonly RequestKey _key;
    private readonly double _second;
    private readonly Gcra _rule;
    private readonly LimitTable _table;

    /// <param name="frequency">Timestamps in a second.</param>
    /// <param name="table">With what was counted before, when this limit is one that was there.</param>
    public RateLimit(EdgeRateLimit of, long frequency, LimitTable table)
    {
        (_key, _second, _table) = (new(of.Keys, of.Fallback, of.Ipv6Prefix), frequency, table);
        _rule = new(of.Count, (long)(of.PerS * frequency), of.Burst);
        Policy = string.Create(CultureInfo.InvariantCulture, $"\"{_key.Name}\";q={of.Count};w={Math.Max(1, (long)Math.Ceiling(of.PerS))}");
    }

    /// <summary>For RateLimit-Policy.</summary>
    public string Policy { get; }

    public ulong KeyOf(IRequestFacts facts)
    {
        Span<byte> key = stackalloc byte[RequestKey.MaxLength];
        return KeyHash.Of(key[.._key.Write(facts, key)]);
    }

    public (long Wait, long WholeAt) Look(ulong key, long now) => _table.Look(key, _rule, now);

    public (long Wait, long WholeAt) Take(ulong key, long now) => _table.Take(key, _rule, now);

    public void GiveBack(ulong key) => _table.GiveBack(key, _rule);

    public long Left(long wholeAt, long now) => _rule.Left(wholeAt, now);

    /// <summary>For RateLimit: what is left, and in how many seconds all is there again; with nothing left, in how many there is one.</summary>
    public string Tell(long wholeAt, long now) => Left(wholeAt, now) is > 0 and var left ? Write(left, wholeAt - now) : Tell(_rule.Wait(wholeAt, now));

    /// <summary>For RateLimit, when there is one after so long a time.</summary>
    public string Tell(long wait) => Write(0, wait);

    /// <summary>Whole ones, so that who waits so long is not refused for the rest of one.</summary>
    public int Seconds(long time) => (int)Math.Max(1, Math.Ceiling(time / _second));

    private string Write(long left, long time) => string.Create(CultureInfo.InvariantCulture, $"\"{_key.Name}\";r={left};t={Seconds(time)}");
}
