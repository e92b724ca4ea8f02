using Mainstay.Realtime.Metrics;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>How long records take from their coming until they are safe: what a client waits for its ack beyond the interval.</summary>
internal sealed class StoreTimes(TimeProvider time)
{
    public MetricHistogram Seconds { get; } = new(MetricHistogram.Seconds);

    public long Begin() => time.GetTimestamp();

    public void Ended(long began) => Seconds.Observe(time.GetElapsedTime(began).TotalSeconds);
}
