using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Requests;

/// <summary>
/// Where requests survive the hub. Every decision's records are durable before the first of its effects, and decisions of one device are saved in their order: a frame that was written and not
/// saved would be written again by the next hub.
/// </summary>
internal interface IRequestStore
{
    /// <summary>Completes when all of it is on disk; all or nothing. A record replaces the one with its id.</summary>
    /// <exception cref="RequestStoreException">Nothing of it is kept. The effects must not happen: the device's queue is dropped and restored from here.</exception>
    ValueTask SaveAsync(ImmutableArray<RequestRecord> saves, ImmutableArray<RequestId> forgets, CancellationToken token);

    /// <summary>All requests of all devices, in no order.</summary>
    /// <exception cref="RequestStoreException">They cannot be read; a hub without them must take no requests.</exception>
    ValueTask<ImmutableArray<RequestRecord>> ReadAllAsync(CancellationToken token);

    /// <summary>The requests of one device, in no order.</summary>
    /// <exception cref="RequestStoreException">They cannot be read.</exception>
    ValueTask<ImmutableArray<RequestRecord>> ReadAsync(DeviceAddress device, CancellationToken token);
}

/// <summary>The store can neither write nor read at this moment: the disk is full, or the file is busy.</summary>
public sealed class RequestStoreException(string message, Exception? inner = null) : Exception(message, inner);
