using System.Collections.Concurrent;
using Mainstay.Realtime.Ingest.Outbox;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>What all connections of the service share.</summary>
internal sealed class IngestContext(IngestPolicy policy, Outbox.Outbox outbox, IngestRecords records, TimeProvider time, ILogger log)
{
    private const int RememberedSessions = 10_000;

    private readonly long _began = time.GetTimestamp();

    public IngestPolicy Policy => policy;

    public Outbox.Outbox Outbox => outbox;

    public IngestRecords Records => records;

    public ILogger Log => log;

    public IngestCounters Counters { get; } = new();

    public SessionBook Sessions { get; } = new(RememberedSessions);

    public OpenConnections Connections { get; } = new();

    public GapBook Gaps { get; } = new();

    /// <summary>Since the service began; does not jump.</summary>
    public TimeSpan Now => time.GetElapsedTime(_began);

    public DateTimeOffset UtcNow => time.GetUtcNow();
}

/// <summary>The connections that are open.</summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<IngestConnection, bool> _open = [];

    /// <summary>As they come: the keys as a list would be made anew, under all locks, at every tick.</summary>
    public IEnumerable<IngestConnection> All => _open.Select(pair => pair.Key);

    public int Count => _open.Count;

    public void Add(IngestConnection connection) => _open[connection] = true;

    public void Remove(IngestConnection connection) => _open.TryRemove(connection, out _);
}
