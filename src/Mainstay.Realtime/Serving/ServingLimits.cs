namespace Mainstay.Realtime.Serving;

/// <summary>The bounds of a realtime server.</summary>
public sealed record ServingLimits
{
    /// <summary>Open connections of all kinds; one more is closed at once.</summary>
    public int Connections { get; init; } = 50_000;

    /// <summary>Bytes of the head of a request.</summary>
    public int HeadBytes { get; init; } = 16 * 1024;

    /// <summary>From the accept to the end of the head.</summary>
    public TimeSpan HeadPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that may wait for a peer that does not read.</summary>
    public int QueuedBytes { get; init; } = 1 << 20;

    /// <summary>How often an idle peer is pinged.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long it may take to answer a ping.</summary>
    public TimeSpan PongPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a peer may take to read the last messages, and to answer a close.</summary>
    public TimeSpan ClosePatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a peer that was refused must be quiet until its connection ends.</summary>
    public TimeSpan QuietPatience { get; init; } = TimeSpan.FromMilliseconds(500);
}
