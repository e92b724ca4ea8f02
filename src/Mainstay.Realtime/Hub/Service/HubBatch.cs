using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Storage;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What came of some inputs: what must be on disk, and what is done then, in order. One write for many inputs, so that a sync is shared by all who wait for it.</summary>
internal sealed class HubBatch
{
    private readonly Dictionary<RequestId, RequestRecord> _requests = [];
    private readonly HashSet<RequestId> _forgets = [];
    private readonly List<PublishedEvent> _events = [];
    private readonly Dictionary<DeviceAddress, KnownDevice> _devices = [];
    private readonly List<Notice> _notices = [];
    private readonly List<long> _settled = [];
    private readonly List<(Action? Saved, Action? Failed)> _actions = [];

    /// <summary>Queues that are ahead of the store until it is written.</summary>
    public HashSet<DeviceAddress> Queues { get; } = [];

    /// <summary>The same for rooms.</summary>
    public HashSet<RoomAddress> Rooms { get; } = [];

    public HubChanges Changes => new([.. _requests.Values], [.. _forgets], [.. _events], [.. _devices.Values]) { Notices = [.. _notices], Settled = [.. _settled] };

    public void Save(DeviceAddress device, QueueDecision decision)
    {
        foreach (var request in decision.Saves)
        {
            _requests[request.Id] = request;
            Queues.Add(device);
        }

        foreach (var id in decision.Forgets)
        {
            _requests.Remove(id);
            _forgets.Add(id);
            Queues.Add(device);
        }
    }

    public void Save(PublishedEvent published)
    {
        _events.Add(published);
        Rooms.Add(published.Room);
    }

    public void Save(KnownDevice device) => _devices[device.Address] = device;

    public void Save(Notice notice) => _notices.Add(notice);

    /// <summary>The notice of this place need not be kept any more.</summary>
    public void Settle(long place) => _settled.Add(place);

    /// <param name="saved">Done once everything is on disk.</param>
    /// <param name="failed">Done instead when it could not be written.</param>
    public void Then(Action saved, Action? failed = null) => _actions.Add((saved, failed));

    /// <summary>Done whether or not the store can write; in its place among the others.</summary>
    public void Always(Action act) => _actions.Add((act, act));

    public IEnumerable<Action> Actions(bool saved) => _actions.Select(a => saved ? a.Saved : a.Failed).OfType<Action>();
}
