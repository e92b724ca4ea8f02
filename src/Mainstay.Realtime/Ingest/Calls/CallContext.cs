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
