using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Quality;

/// <summary>How one device is doing, for people and for <c>GET devices/health</c>.</summary>
/// <param name="Device">Its id in the branch.</param>
/// <param name="Online">It is connected.</param>
/// <param name="Grade">Of its connection; null while it is away.</param>
/// <param name="Mean">Of its last round trips; null when there are none.</param>
/// <param name="Missed">Pongs missed among the last twenty.</param>
/// <param name="Waiting">Requests that have not ended.</param>
internal sealed record DeviceHealth(string Device, bool Online, LinkGrade? Grade, TimeSpan? Mean, int Missed, int Waiting);

/// <param name="At">When it was gathered.</param>
/// <param name="Devices">In the order of their ids.</param>
internal sealed record HealthReport(DateTimeOffset At, ImmutableArray<DeviceHealth> Devices);

/// <summary>The health of a branch, gathered at most once in a while: however many look, the devices' queues are asked once.</summary>
internal sealed class HealthView(TimeSpan keptFor)
{
    /// <summary>How long one report is shown.</summary>
    public static readonly TimeSpan DefaultKeptFor = TimeSpan.FromSeconds(60);

    private HealthReport? _report;

    public HealthReport Look(Func<IEnumerable<DeviceHealth>> gather, DateTimeOffset now)
    {
        if (_report is null || now >= _report.At + keptFor)
        {
            _report = new(now, [.. gather().OrderBy(d => d.Device, StringComparer.Ordinal)]);
        }

        return _report;
    }
}
