using System.Net;

namespace Mainstay.Realtime.Serving;

/// <summary>A request for a WebSocket, as it came.</summary>
/// <param name="Target">Path and query as written.</param>
/// <param name="Headers">In the order in which they came; a name may come more than once.</param>
/// <param name="Peer">Who sent it: of a request that came through the edge, whom the edge names.</param>
public sealed record UpgradeRequest(string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, IPAddress? Peer)
{
    /// <summary>As written: what a route compares with has no escapes in it.</summary>
    public string Path => Target.IndexOf('?') is var query and >= 0 ? Target[..query] : Target;

    /// <summary>Null when there is none, or more than one.</summary>
    public string? Header(string name)
    {
        string? found = null;
        foreach (var (key, value) in Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (found is not null)
                {
                    return null;
                }

                found = value;
            }
        }

        return found;
    }

    /// <summary>The members of a list field, over all lines of that name.</summary>
    public IEnumerable<string> Items(string name) => Headers
        .Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
        .SelectMany(h => h.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
