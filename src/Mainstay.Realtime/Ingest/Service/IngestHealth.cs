using System.Text.Json.Nodes;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Sessions;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>What the service says of itself, by the words of the service before it.</summary>
internal static class IngestHealth
{
    public static string Status(OutboxHealth outbox) => outbox switch
    {
        { CanStore: false } => "unhealthy",
        { BrokerUp: false } => "degraded",
        _ => "healthy",
    };

    public static JsonObject Describe(OutboxHealth outbox, IngestCounters counters, CallCounters carriers, string status, DateTimeOffset now) => new()
    {
        ["status"] = status,
        ["service"] = "ingest",
        ["pubsub"] = outbox.BrokerUp,
        ["because"] = outbox.Because,
        ["timestamp"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["calls"] = counters.Calls,
        ["framesIn"] = counters.Frames,
        ["bytesIn"] = counters.Bytes,
        ["framesStored"] = outbox.Stored,
        ["framesSpooled"] = outbox.Spooled,
        ["framesLost"] = outbox.Lost,
        ["spoolBytes"] = outbox.SpooledBytes,
        ["pauses"] = counters.Paused,
        ["ignoredMessages"] = counters.Ignored,
        ["malformedMessages"] = carriers.Malformed,
        ["duplicateMessages"] = carriers.Duplicates,
        ["lateMessages"] = carriers.Late,
        ["missingMessages"] = carriers.Missing,
    };
}
