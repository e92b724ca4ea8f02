using System.Collections.Concurrent;
using Mainstay.Realtime.Ingest.Outbox;
using Mainstay.Realtime.Ingest.Sessions;
using Mainstay.Realtime.Metrics;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Ingest.Service;

/// <summary>What a monitoring system asks for at <c>/metrics</c>.</summary>
internal sealed class IngestMetrics
{
    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);

    /// <summary>Takes note of a refusal; its code is one of a few.</summary>
    public UpgradeAnswer Count(UpgradeAnswer answer)
    {
        if (answer is UpgradeRefusal refusal)
        {
            _refused.AddOrUpdate(refusal.Code, 1, static (_, before) => before + 1);
        }

        return answer;
    }

    public MetricText Write(OutboxHealth outbox, StoreTimes times, IngestContext context) => new MetricText()
        .Counter("mainstay_ingest_frames_received_total", "Frames of audio that came.", context.Counters.Frames)
        .Counter("mainstay_ingest_bytes_received_total", "Bytes of those frames.", context.Counters.Bytes)
        .Counter("mainstay_ingest_records_stored_total", "Frames and events that are safe, by where they went first.", "level", [("broker", outbox.Direct), ("spool", outbox.Spooled)])
        .Counter("mainstay_ingest_records_replayed_total", "Records from the spool that the broker has confirmed.", outbox.Stored - outbox.Direct)
        .Counter("mainstay_ingest_records_lost_total", "Frames and events that were given up; the log says why.", outbox.Lost)
        .Counter("mainstay_ingest_gap_frames_total", "Frames that gap records tell of, by reason.", "reason", context.Gaps.Counted.Select(g => (g.Key, (double)g.Value)))
        .Histogram("mainstay_ingest_store_seconds", "From a record's coming until it is safe, at the broker or in the spool.", times.Seconds)
        .Gauge("mainstay_ingest_broker_up", "1 while the broker takes records.", outbox.BrokerUp ? 1 : 0)
        .Gauge("mainstay_ingest_can_store", "1 while a record would be stored, at the broker or in the spool.", outbox.CanStore ? 1 : 0)
        .Gauge("mainstay_ingest_spool_bytes", "About so many bytes are in the spool and not at the broker.", outbox.SpooledBytes)
        .Gauge("mainstay_ingest_connections", "Open connections, also those that have not started.", context.Connections.Count)
        .Gauge("mainstay_ingest_calls", "Connections with a session.", context.Counters.Calls)
        .Counter("mainstay_ingest_refused_total", "Connections that were refused, by code.", "code", _refused.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, (double)r.Value)))
        .Counter("mainstay_ingest_pauses_total", "How often a client was made to wait.", context.Counters.Paused)
        .Counter("mainstay_ingest_ignored_messages_total", "Texts that were no event of the protocol.", context.Counters.Ignored);
}
