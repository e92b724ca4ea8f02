using System.Globalization;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Quality;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Metrics;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What the hub counts of itself.</summary>
internal sealed class HubMetrics
{
    public MetricCounts<RequestPhase> Requests { get; } = new();

    public MetricCounts<HubErrorCode> Refused { get; } = new();

    public MetricCounts<HubClose> Closes { get; } = new();

    public MetricCount RoomEvents { get; } = new();

    public MetricCount StatusUpdates { get; } = new();

    public MetricCount StatusBatches { get; } = new();

    public MetricCount NoticesTaken { get; } = new();

    public MetricCount NoticesLost { get; } = new();

    public MetricCount StreamsOpened { get; } = new();

    public MetricCount StreamsEnded { get; } = new();

    public MetricCount StreamsTooSlow { get; } = new();

    public MetricCount StoreFailures { get; } = new();

    public MetricHistogram StoreSeconds { get; } = new(MetricHistogram.Seconds);

    public byte[] Text(HubView view) => new MetricText()
        .Gauge("mainstay_hub_connections", "Connections that have said who they are.", "role", By<IdentityKind>(view.Clients.Select(c => c.Who.Kind)))
        .Gauge("mainstay_hub_links", "Connected devices by the grade of their connection.", "grade", By<LinkGrade>(view.Links.Grades))
        .Gauge("mainstay_hub_requests", "Requests that are kept, by their state.", "state", By<RequestPhase>(view.Requests.Phases))
        .Counter("mainstay_hub_request_changes_total", "Changes of requests into a state.", "state", Requests.Read(p => p.Word()))
        .Counter("mainstay_hub_refused_total", "What was answered with err, by its code.", "code", Refused.Read(c => c.Word()))
        .Counter("mainstay_hub_closes_total", "Connections that the hub closed, by the code of the close.", "code", Closes.Read(c => ((int)c).ToString(CultureInfo.InvariantCulture)))
        .Counter("mainstay_hub_room_events_total", "Events that were published.", RoomEvents.Value)
        .Counter("mainstay_hub_status_updates_total", "Values that devices said.", StatusUpdates.Value)
        .Counter("mainstay_hub_status_batches_total", "Batches that watchers were sent.", StatusBatches.Value)
        .Histogram("mainstay_hub_store_commit_seconds", "How long writes of the database took, with their sync.", StoreSeconds)
        .Counter("mainstay_hub_store_failures_total", "Writes of the database that failed.", StoreFailures.Value)
        .Gauge("mainstay_hub_streams", "Streams of results that are open.", StreamsOpened.Value - StreamsEnded.Value)
        .Counter("mainstay_hub_streams_too_slow_total", "Streams that were cut because their reader took too little.", StreamsTooSlow.Value)
        .Gauge("mainstay_hub_notices", "Notices that the webhook has not taken.", view.Notices.Count)
        .Counter("mainstay_hub_notices_taken_total", "Notices that the webhook took.", NoticesTaken.Value)
        .Counter("mainstay_hub_notices_lost_total", "Notices that were given up, after a day or because there were too many.", NoticesLost.Value)
        .ToUtf8();

    private static IEnumerable<(string Value, double Count)> By<T>(IEnumerable<T> all)
        where T : struct, Enum
    {
        var counts = all.CountBy(v => v).ToDictionary();
        return Enum.GetValues<T>().Select(v => (v.ToString().ToLowerInvariant(), (double)counts.GetValueOrDefault(v)));
    }
}
