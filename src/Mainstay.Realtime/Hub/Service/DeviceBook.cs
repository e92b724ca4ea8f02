using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Storage;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>Which devices there are, and which of them are connected. What is said of one is what it said, when it said it.</summary>
internal sealed class DeviceBook
{
    private readonly Dictionary<DeviceAddress, KnownDevice> _known = [];
    private readonly Dictionary<DeviceAddress, IHubClient> _online = [];
    private readonly Dictionary<DeviceAddress, IHubClient> _latest = [];

    public void Restore(IEnumerable<KnownDevice> devices)
    {
        foreach (var device in devices)
        {
            _known[device.Address] = device;
        }
    }

    public KnownDevice? Find(DeviceAddress device) => _known.GetValueOrDefault(device);

    public IHubClient? Online(DeviceAddress device) => _online.GetValueOrDefault(device);

    public IEnumerable<KnownDevice> In(Branch branch) => _known.Values.Where(d => d.Address.Branch == branch).OrderBy(d => d.Address.Id, StringComparer.Ordinal);

    /// <summary>Whether this is the connection that counts. It does from its hello on, also while that is still being written.</summary>
    public bool IsLatest(IHubClient client, DeviceAddress device) => _latest.GetValueOrDefault(device) == client;

    /// <summary>What it says now counts.</summary>
    public KnownDevice Seen(IHubClient client, DeviceAddress device, DateTimeOffset now)
    {
        _latest[device] = client;
        var seen = new KnownDevice(device, client.Device?.Kind, client.Device?.Version, client.Device?.Caps ?? [], _known.TryGetValue(device, out var known) ? known.FirstSeen : now, now);
        _known[device] = seen;
        return seen;
    }

    /// <summary>Null when somebody else is connected as this device by now.</summary>
    public KnownDevice? Left(IHubClient client, DeviceAddress device, DateTimeOffset now)
    {
        if (IsLatest(client, device) && _known.TryGetValue(device, out var known))
        {
            _latest.Remove(device);
            return _known[device] = known with { LastSeen = now };
        }

        return null;
    }

    /// <returns>The connection that it had before, or null.</returns>
    public IHubClient? Connect(IHubClient client, DeviceAddress device)
    {
        var before = Online(device);
        _online[device] = client;
        return before;
    }

    public void Disconnect(IHubClient client, DeviceAddress device)
    {
        if (Online(device) == client)
        {
            _online.Remove(device);
        }
    }
}
