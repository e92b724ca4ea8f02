using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>All that survives a hub: requests, rooms, and which devices there are. It has one writer.</summary>
internal interface IHubStore : IRequestStore, IDisposable
{
    /// <summary>Completes when all of it is on disk; all or nothing.</summary>
    /// <exception cref="RequestStoreException">Nothing of it is kept.</exception>
    ValueTask SaveAsync(HubChanges changes, CancellationToken token);

    /// <summary>Null when nothing was ever published there.</summary>
    /// <exception cref="RequestStoreException">It cannot be read.</exception>
    ValueTask<StoredRoom?> ReadRoomAsync(RoomAddress room, CancellationToken token);

    /// <exception cref="RequestStoreException">They cannot be read.</exception>
    ValueTask<ImmutableArray<KnownDevice>> ReadDevicesAsync(CancellationToken token);

    /// <summary>In the order of their places.</summary>
    /// <exception cref="RequestStoreException">They cannot be read.</exception>
    ValueTask<ImmutableArray<Notice>> ReadNoticesAsync(CancellationToken token);
}
