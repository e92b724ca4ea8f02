namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>The rules of a session.</summary>
public sealed record IngestPolicy
{
    /// <summary>Frames between two acks.</summary>
    public int AckInterval { get; init; } = 10;

    /// <summary>What is stored is acknowledged after so long at the latest.</summary>
    public TimeSpan AckAfter { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Audio that may be unacknowledged before reading pauses.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMilliseconds(3000);

    /// <summary>How long a client may take to its start.</summary>
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the last frames may take to be stored after a stop.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the last frames may take to be stored when this process ends.</summary>
    public TimeSpan DrainWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a connection is closed; null: never.</summary>
    public TimeSpan? IdleAfter { get; init; }
}
