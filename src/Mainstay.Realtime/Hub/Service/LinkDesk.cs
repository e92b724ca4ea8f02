using System.Text;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Quality;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>How good the connections of devices are, over reconnects: one that comes back soon has had a fault, which counts like an unanswered ping.</summary>
internal sealed class LinkDesk(HubContext context, DeviceBook devices, StatusDesk statuses)
{
    private readonly Dictionary<DeviceAddress, DeviceLink> _links = [];
    private readonly Dictionary<Branch, HealthView> _views = [];

    /// <summary>Null while the device is away, and before its first ping was answered or missed.</summary>
    public LinkQuality? Of(DeviceAddress device) => _links.TryGetValue(device, out var link) && link.LeftAt is null && link.Quality.Samples.Length > 0 ? link.Quality : null;

    /// <summary>Devices that are connected, by the grade of their connection.</summary>
    public IEnumerable<LinkGrade> Grades => _links.Values.Where(l => l.LeftAt is null && l.Quality.Samples.Length > 0).Select(l => l.Quality.Grade);

    public void Connected(DeviceAddress device, DateTimeOffset now)
    {
        var came = _links.TryGetValue(device, out var link) && (link.LeftAt is not { } left || now < left + context.Limits.LinkMemory);
        _links[device] = came ? Sampled(device, link! with { LeftAt = null }, null, now) : new(LinkQuality.Initial, null);
    }

    public void Disconnected(DeviceAddress device, DateTimeOffset now)
    {
        if (_links.TryGetValue(device, out var link))
        {
            _links[device] = link with { LeftAt = now };
        }
    }

    public void Heard(IEnumerable<LinkSample> samples, DateTimeOffset now)
    {
        foreach (var (client, roundTrip) in samples)
        {
            if (client.Who.Device is { } device && devices.IsLatest(client, device) && _links.TryGetValue(device, out var link))
            {
                _links[device] = Sampled(device, link, roundTrip, now);
            }
        }
    }

    /// <summary>Of all devices of the branch, not older than a minute.</summary>
    public HealthReport Health(Branch branch, RequestDesk requests, DateTimeOffset now)
    {
        if (!_views.TryGetValue(branch, out var view))
        {
            _views[branch] = view = new(HealthView.DefaultKeptFor);
        }

        return view.Look(() => devices.In(branch).Select(d => Health(d.Address, requests)), now);
    }

    private DeviceHealth Health(DeviceAddress device, RequestDesk requests)
    {
        var quality = Of(device);
        return new(device.Id, devices.Online(device) is not null, quality?.Grade, quality?.Mean, quality?.Missed ?? 0, requests.Waiting(device));
    }

    private DeviceLink Sampled(DeviceAddress device, DeviceLink link, TimeSpan? roundTrip, DateTimeOffset now)
    {
        var (before, next) = (link.Quality, link.Quality.Next(roundTrip));
        var change = next.Grade < before.Grade ? "degraded" : next.Grade > before.Grade ? "recovered" : null;
        if (change is not null)
        {
            context.Log.LinkChanged(device.ToString(), change, before.Grade.Word(), next.Grade.Word());
        }

        // Told when something is new, not with every ping: the first of a connection, and each change.
        if (change is not null || !statuses.KnowsLink(device))
        {
            statuses.Link(device, Json(next, change), now);
        }

        return link with { Quality = next };
    }

    private static byte[] Json(LinkQuality quality, string? change) => Encoding.UTF8.GetBytes(FormattableString.Invariant(
        $$"""{"grade":"{{quality.Grade.Word()}}","rtt_ms":{{(quality.Mean is { } mean ? ((long)mean.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture) : "null")}},"missed":{{quality.Missed}}{{(change is null ? "" : $",\"change\":\"{change}\"")}}}"""));

    /// <param name="LeftAt">Null while it is connected.</param>
    private sealed record DeviceLink(LinkQuality Quality, DateTimeOffset? LeftAt);
}
