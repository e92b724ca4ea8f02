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
