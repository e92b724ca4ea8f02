using System.Collections.Concurrent;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>The connections that are open. To look at thousands that rest, twenty times a second, costs a tenth of a core in cache misses alone; so those in a hurry are kept apart.</summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<IngestConnection, bool> _open = [];
    private readonly ConcurrentDictionary<IngestConnection, bool> _hurried = [];

    /// <summary>As they come: the keys as a list would be made anew, under all locks, each time.</summary>
    public IEnumerable<IngestConnection> All => _open.Select(pair => pair.Key);

    public int Count => _open.Count;

    public void Add(IngestConnection connection) => _open[connection] = true;

    public void Remove(IngestConnection connection)
    {
        _open.TryRemove(connection, out _);
        _hurried.TryRemove(connection, out _);
    }

    /// <summary>Moments matter to it, until it says otherwise.</summary>
    public void Hurry(IngestConnection connection) => _hurried[connection] = true;

    public void Calm(IngestConnection connection) => _hurried.TryRemove(connection, out _);

    public void TickHurried(TimeSpan now)
    {
        foreach (var (connection, _) in _hurried)
        {
            connection.TickHurried(now);
        }
    }

    public void TickAll(TimeSpan now)
    {
        foreach (var (connection, _) in _open)
        {
            connection.Tick(now);
        }
    }
}
