using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Edge.Guards.RateLimits;

namespace Mainstay.Edge.Guards;

/// <summary>Makes the guards of a snapshot's routes, and keeps what was counted for the next snapshot. One caller at a time.</summary>
internal sealed class GuardBook(TimeProvider time)
{
    private Dictionary<string, LimitTable> _tables = new(StringComparer.Ordinal);

    /// <summary>By the places of the routes; null for one without guards.</summary>
    public RouteGuards?[] Make(ImmutableArray<EdgeRoute> routes, ImmutableArray<EdgeSwitch> switches)
    {
        var tables = new Dictionary<string, LimitTable>(StringComparer.Ordinal);
        var guards = routes.Select(route => route.Guards is { } of ? Make(route, of, switches, tables) : null).ToArray();
        _tables = tables;
        return guards;
    }

    private RouteGuards Make(EdgeRoute route, EdgeGuards of, ImmutableArray<EdgeSwitch> switches, Dictionary<string, LimitTable> tables)
    {
        var limits = of.RateLimits.IsDefault ? [] : of.RateLimits;
        return new(
            of.Switch is { } obeyed && switches.FirstOrDefault(s => s.Name == obeyed.Name) is { } state ? new(obeyed, state) : null,
            [.. limits.Select((limit, i) => new RateLimit(limit, time.TimestampFrequency, TableOf(Identity(route, of, limit, i), tables)))],
            of.Idempotency is { } once ? new(once, of.Shared is { } name ? $"set {name}" : $"route {route.Host} {route.Path}") : null);
    }

    private LimitTable TableOf(string identity, Dictionary<string, LimitTable> tables)
    {
        if (!tables.TryGetValue(identity, out var table))
        {
            tables[identity] = table = _tables.GetValueOrDefault(identity) ?? new();
        }

        return table;
    }

    /// <summary>The same limit in two snapshots. What it allows may change, and what was counted stays; what it counts by may not.</summary>
    private static string Identity(EdgeRoute route, EdgeGuards of, EdgeRateLimit limit, int place) => string.Join(
        '\n', [of.Shared is { } name ? $"set {name}" : $"route {route.Host} {route.Path}", $"{place}", $"{limit.Ipv6Prefix}", limit.Fallback ?? "", .. limit.Keys]);
}
