namespace Mainstay.Realtime.Ingest.Calls;

internal enum CallPhase
{
    /// <summary>Connected; which call it is has not been said.</summary>
    Opening,

    Streaming,

    /// <summary>The carrier has said that it is over; what came is being stored.</summary>
    Stopping,

    /// <summary>Nothing happens any more.</summary>
    Closed,
}

/// <summary>What a call remembers.</summary>
/// <param name="Since">When the phase began.</param>
/// <param name="LastMedia">When audio came last; the start counts as audio.</param>
/// <param name="Received">Frames that came; the number of the last.</param>
/// <param name="Settled">Frames that are stored or lost, in whatever order.</param>
/// <param name="Reason">Why the carrier stopped, in its words.</param>
internal sealed record CallState(CallPhase Phase, TimeSpan Since, TimeSpan LastMedia, long Received = 0, long Settled = 0, long Lost = 0, string Reason = "")
{
    public static CallState Opened(TimeSpan now) => new(CallPhase.Opening, now, now);
}
