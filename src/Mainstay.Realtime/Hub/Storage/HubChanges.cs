using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>A device that was connected once.</summary>
/// <param name="Address">Which.</param>
/// <param name="Kind">As it said; null if it did not.</param>
/// <param name="Version">As it said; null if it did not.</param>
/// <param name="Caps">What it can do, as it said.</param>
/// <param name="FirstSeen">When it connected first.</param>
/// <param name="LastSeen">When it connected last, or left.</param>
internal sealed record KnownDevice(DeviceAddress Address, string? Kind, string? Version, ImmutableArray<string> Caps, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>An event that was published, and what its room still needs.</summary>
/// <param name="Room">Where.</param>
/// <param name="Epoch">Of its offset.</param>
/// <param name="Event">The event.</param>
/// <param name="KeptFrom">Older offsets are not sent any more.</param>
/// <param name="KeysFrom">Events since then are kept all the same, for their keys.</param>
internal sealed record PublishedEvent(RoomAddress Room, string Epoch, RoomEvent Event, long KeptFrom, DateTimeOffset KeysFrom);

/// <summary>A room as a hub before this one left it.</summary>
internal sealed record StoredRoom(string Epoch, long LastOffset, ImmutableArray<RoomEvent> Events);

/// <summary>What is written at once: all or nothing.</summary>
internal sealed record HubChanges(ImmutableArray<RequestRecord> Requests, ImmutableArray<RequestId> Forgets, ImmutableArray<PublishedEvent> Events, ImmutableArray<KnownDevice> Devices)
{
    public static readonly HubChanges Nothing = new([], [], [], []);

    public ImmutableArray<Notice> Notices { get; init; } = [];

    /// <summary>Places of notices that need not be kept any more.</summary>
    public ImmutableArray<long> Settled { get; init; } = [];

    public bool IsEmpty => Requests.IsEmpty && Forgets.IsEmpty && Events.IsEmpty && Devices.IsEmpty && Notices.IsEmpty && Settled.IsEmpty;
}
