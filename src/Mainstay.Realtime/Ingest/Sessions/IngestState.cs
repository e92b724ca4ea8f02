using Mainstay.Realtime.Ingest.Outbox;

namespace Mainstay.Realtime.Ingest.Sessions;

public enum IngestPhase
{
    /// <summary>Connected; the start has not come.</summary>
    Opening,

    Streaming,

    /// <summary>The client has said that no more comes; what came is being stored.</summary>
    Stopping,

    /// <summary>This process ends; what came is being stored, nothing more is read.</summary>
    Draining,

    /// <summary>Nothing happens any more.</summary>
    Closed,
}

/// <summary>What a session remembers. Numbers of frames count from 1.</summary>
/// <param name="Since">When the phase began.</param>
/// <param name="First">The number of the first frame on this connection.</param>
/// <param name="Received">The number of the last frame that came.</param>
/// <param name="Stored">Every frame up to this one is stored, or was told of as lost.</param>
/// <param name="Acked">The number that was acknowledged last.</param>
/// <param name="LastSpooled">The last stored frame that is in the spool.</param>
/// <param name="UnackedSince">When the oldest frame was stored that is not acknowledged.</param>
/// <param name="UnstoredBytes">Of audio that came and is not stored; about, for all frames are taken to be as long as the last.</param>
/// <param name="LastFrame">When the last one came.</param>
public sealed record IngestState(
    IngestPhase Phase,
    TimeSpan Since,
    int BytesPerSecond = 0,
    bool AcksReceipt = false,
    long First = 1,
    long Received = 0,
    long Stored = 0,
    long Acked = 0,
    long Lost = 0,
    long LastSpooled = 0,
    TimeSpan? UnackedSince = null,
    int FrameBytes = 0,
    bool IsPaused = false,
    TimeSpan RetryAfter = default,
    TimeSpan LastFrame = default)
{
    /// <summary>Where the frames are that an ack would speak of now: the weaker place.</summary>
    public StoredAt Level => LastSpooled > Acked ? StoredAt.Spool : StoredAt.Broker;

    public static IngestState Opened(TimeSpan now) => new(IngestPhase.Opening, now);
}
