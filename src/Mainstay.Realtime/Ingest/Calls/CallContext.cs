using System.Collections.Concurrent;
using Mainstay.Realtime.Ingest.Sessions;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>What all calls of carriers share.</summary>
/// <param name="tenant">Whose calls they are; null: the carrier's account is the tenant.</param>
internal sealed class CallContext(IngestContext ingest, string? tenant)
{
    public IngestContext Ingest => ingest;

    public string? Tenant => tenant;

    public CallCounters Counters { get; } = new();

    public OpenCalls Open { get; } = new();
}

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
