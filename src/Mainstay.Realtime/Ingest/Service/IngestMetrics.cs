using System.Collections.Concurrent;
using Mainstay.Realtime.Ingest.Calls;
using Mainstay.Realtime.Ingest.Outbox;
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

    public MetricText Write(OutboxHealth outbox, StoreTimes times, CallContext calls) => new MetricText()
        .Counter("mainstay_ingest_frames_received_total", "Frames of audio that came.", calls.Ingest.Counters.Frames)
        .Counter("mainstay_ingest_bytes_received_total", "Bytes of those frames.", calls.Ingest.Counters.Bytes)
        .Counter("mainstay_ingest_records_stored_total", "Frames and events that are safe, by where they went first.", "level", [("broker", outbox.Direct), ("spool", outbox.Spooled)])
        .Counter("mainstay_ingest_records_replayed_total", "Records from the spool that the broker has confirmed.", outbox.Stored - outbox.Direct)
        .Counter("mainstay_ingest_records_lost_total", "Frames and events that were given up; the log says why.", outbox.Lost)
        .Counter("mainstay_ingest_gap_frames_total", "Frames that gap records tell of, by reason.", "reason", calls.Ingest.Gaps.Counted.Select(g => (g.Key, (double)g.Value)))
        .Histogram("mainstay_ingest_store_seconds", "From a record's coming until it is safe, at the broker or in the spool.", times.Seconds)
        .Gauge("mainstay_ingest_broker_up", "1 while the broker takes records.", outbox.BrokerUp ? 1 : 0)
        .Gauge("mainstay_ingest_can_store", "1 while a record would be stored, at the broker or in the spool.", outbox.CanStore ? 1 : 0)
        .Gauge("mainstay_ingest_spool_bytes", "About so many bytes are in the spool and not at the broker.", outbox.SpooledBytes)
        .Gauge("mainstay_ingest_connections", "Open connections, also those that have not started.", calls.Ingest.Connections.Count)
        .Gauge("mainstay_ingest_calls", "Connections with a session.", calls.Ingest.Counters.Calls)
        .Counter("mainstay_ingest_refused_total", "Connections that were refused, by code.", "code", _refused.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, (double)r.Value)))
        .Counter("mainstay_ingest_pauses_total", "How often a client was made to wait.", calls.Ingest.Counters.Paused)
        .Counter("mainstay_ingest_ignored_messages_total", "Texts that were no event of the protocol.", calls.Ingest.Counters.Ignored)
        .Gauge("mainstay_ingest_carrier_calls", "Calls of carriers that have begun and not ended; they are among the connections with a session.", "dialect", calls.Counters.By(c => c.Calls))
        .Counter("mainstay_ingest_carrier_frames_total", "Frames of audio that carriers sent; they are among the frames that came.", "dialect", calls.Counters.By(c => c.Frames))
        .Counter("mainstay_ingest_carrier_frames_lost_total", "Of those, frames that could not be stored.", "dialect", calls.Counters.By(c => c.Lost))
        .Counter("mainstay_ingest_carrier_gaps_total", "How often a carrier left messages out, by its own count.", "dialect", calls.Counters.By(c => c.Holes))
        .Counter("mainstay_ingest_carrier_messages_missing_total", "Messages that were left out in those gaps.", "dialect", calls.Counters.By(c => c.Missing))
        .Counter("mainstay_ingest_carrier_messages_late_total", "Messages that came after their gap had been told of.", "dialect", calls.Counters.By(c => c.Late))
        .Counter("mainstay_ingest_carrier_messages_duplicate_total", "Messages that were there already, and were dropped.", "dialect", calls.Counters.By(c => c.Duplicates))
        .Counter("mainstay_ingest_carrier_messages_malformed_total", "Messages that could not be read, and were ignored.", "dialect", calls.Counters.By(c => c.Malformed));
}
