using System.Collections.Frozen;
using System.Collections.Immutable;
using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Routing;

/// <summary>Which route takes a request: exact host before any host, then the longest path prefix on a segment boundary.</summary>
/// <remarks>A host that is named by some route but has no matching path still falls through to the routes of any host.</remarks>
internal sealed class RouteTable
{
    private static readonly Entry[] NoEntries = [];

    private readonly FrozenDictionary<string, Entry[]> _byHost;
    private readonly FrozenDictionary<string, Entry[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Entry[] _anyHost;

    public RouteTable(ImmutableArray<EdgeRoute> routes)
    {
        var byHost = new Dictionary<string, List<Entry>>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < routes.Length; i++)
        {
            var host = new string(NormalizeHost(routes[i].Host));
            if (!byHost.TryGetValue(host, out var entries))
            {
                byHost[host] = entries = [];
            }

            entries.Add(new(NormalizePrefix(routes[i].Path), i));
        }

        _anyHost = byHost.Remove("", out var any) ? Sorted(any) : NoEntries;
        _byHost = byHost.ToFrozenDictionary(pair => pair.Key, pair => Sorted(pair.Value), StringComparer.OrdinalIgnoreCase);
        _lookup = _byHost.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The index of the route, or -1.</summary>
    /// <param name="host">As in the Host header; the port and one trailing dot are ignored.</param>
    /// <param name="path">Decoded, without the query, beginning with a slash (or <c>*</c>).</param>
    public int Find(ReadOnlySpan<char> host, ReadOnlySpan<char> path)
    {
        if (_byHost.Count > 0 && _lookup.TryGetValue(NormalizeHost(host), out var entries))
        {
            var found = Longest(entries, path);
            if (found >= 0)
            {
                return found;
            }
        }

        return Longest(_anyHost, path);
    }

    /// <summary>"/api/" and "/api" are the same prefix; "/" is the empty one.</summary>
    public static string NormalizePrefix(string path) => path.TrimEnd('/');

    public static ReadOnlySpan<char> NormalizeHost(ReadOnlySpan<char> host)
    {
        var end = host.Length;
        if (end > 0 && host[0] == '[')
        {
            var close = host.IndexOf(']');
            end = close < 0 ? end : close + 1;
        }
        else
        {
            var colon = host.IndexOf(':');
            end = colon < 0 ? end : colon;
            if (end > 1 && host[end - 1] == '.')
            {
                end--;
            }
        }

        return host[..end];
    }

    private static int Longest(Entry[] entries, ReadOnlySpan<char> path)
    {
        foreach (ref readonly var entry in entries.AsSpan())
        {
            if (path.StartsWith(entry.Prefix, StringComparison.Ordinal)
                && (entry.Prefix.Length == 0 || path.Length == entry.Prefix.Length || path[entry.Prefix.Length] == '/'))
            {
                return entry.Index;
            }
        }

        return -1;
    }

    // The first of two equal prefixes wins, as it stands in the manifest.
    private static Entry[] Sorted(List<Entry> entries) => [.. entries.OrderByDescending(e => e.Prefix.Length).ThenBy(e => e.Index)];

    private readonly record struct Entry(string Prefix, int Index);
}
