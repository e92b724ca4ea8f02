using System.Collections.Concurrent;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>The sockets of carriers that are open. One call can have several.</summary>
internal sealed class OpenCalls
{
    private readonly ConcurrentDictionary<CallConnection, bool> _open = [];

    public IEnumerable<CallConnection> All => _open.Select(pair => pair.Key);

    public int Count => _open.Count;

    public void Add(CallConnection call) => _open[call] = true;

    public void Remove(CallConnection call) => _open.TryRemove(call, out _);

    public void Tick(TimeSpan now)
    {
        foreach (var (call, _) in _open)
        {
            call.Tick(now);
        }
    }
}
