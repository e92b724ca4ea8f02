using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Status;
using Mainstay.Realtime.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>How long and how much, for the whole hub.</summary>
internal sealed record HubLimits
{
    public RequestPolicy Requests { get; init; } = new();

    public RoomLimits Rooms { get; init; } = new();

    public StatusLimits Status { get; init; } = new();

    public HubRates Rates { get; init; } = new();

    /// <summary>From the handshake to <c>hello</c>.</summary>
    public TimeSpan HelloWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two pings of a connection.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a connection may take nothing of what waits for it; found out within another second.</summary>
    public TimeSpan MaxStall { get; init; } = TimeSpan.FromSeconds(9);

    /// <summary>A device that comes back within this time had a fault of its connection; later it was away.</summary>
    public TimeSpan LinkMemory { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Clients that offer it get their messages compressed, and may compress theirs.</summary>
    public bool Compression { get; init; }

    /// <summary>Bad messages of one connection in a minute.</summary>
    public int MaxBadMessages { get; init; } = 20;

    /// <summary>Watches of one connection.</summary>
    public int MaxWatches { get; init; } = 100;

    /// <summary>Who waits for one request.</summary>
    public int MaxAskers { get; init; } = 1000;

    /// <summary>Streams of one identity that are open at once.</summary>
    public int MaxStreams { get; init; } = 100;

    /// <summary>What may wait for the reader of a stream; half as much is kept of a branch's changes, for readers that come back.</summary>
    public int MaxStreamBytes { get; init; } = 1 << 20;

    /// <summary>Changes of a branch's requests that are kept for them.</summary>
    public int MaxStreamChanges { get; init; } = 500;

    /// <summary>Notices that the webhook has not taken; then the oldest are dropped.</summary>
    public int MaxNotices { get; init; } = 10_000;

    /// <summary>Rooms in memory; those without anybody in them go first, and come back from the store.</summary>
    public int MaxRooms { get; init; } = 10_000;

    /// <summary>Before a store that failed is tried again.</summary>
    public TimeSpan StoreRetry { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>What the parts of the hub share.</summary>
/// <param name="Store">What survives it.</param>
/// <param name="Limits">How much of what.</param>
/// <param name="NewId">128 random bits, in hex.</param>
/// <param name="Clock">Read by the hub's one writer only.</param>
/// <param name="Log">For people.</param>
internal sealed record HubContext(IHubStore Store, HubLimits Limits, Func<string> NewId, HubClock Clock, ILogger Log)
{
    public HubMetrics Metrics { get; init; } = new();

    /// <summary>Takes what the webhook is to be told; null: there is none.</summary>
    public Action<Notice>? Notify { get; init; }

    public DateTimeOffset Now() => Clock.Now();
}

/// <summary>The hub's clock never goes back, whatever the machine's does: what was due stays due.</summary>
internal sealed class HubClock(TimeProvider time)
{
    private DateTimeOffset _last;

    public DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return _last = now > _last ? now : _last;
    }
}
