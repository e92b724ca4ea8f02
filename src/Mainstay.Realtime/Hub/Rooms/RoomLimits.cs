namespace Mainstay.Realtime.Hub.Rooms;

/// <summary>How much a room remembers.</summary>
internal sealed record RoomLimits
{
    /// <summary>Events kept.</summary>
    public int MaxEvents { get; init; } = 1000;

    /// <summary>What they take together, in bytes.</summary>
    public long MaxBytes { get; init; } = 4 << 20;

    /// <summary>Older events are not sent any more.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Who missed more starts anew: a resume must not fill the connection that has just been made.</summary>
    public int MaxResumed { get; init; } = 500;

    /// <summary>The same, in bytes: half of what may wait to be written to one connection.</summary>
    public long MaxResumedBytes { get; init; } = 512 << 10;

    /// <summary>How long a publisher's key is known.</summary>
    public TimeSpan KeyKept { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Keys known at once; beyond, a publish with a key is refused, because a key given up early would let its event in twice.</summary>
    public int MaxKeys { get; init; } = 10_000;
}
