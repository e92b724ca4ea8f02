namespace Mainstay.Realtime.Hub.Requests;

internal enum RequestEventKind
{
    /// <summary>The device is connected, and its target is free for this one.</summary>
    TurnCame,

    /// <summary>No byte of it left the hub.</summary>
    NotSent,

    /// <summary>The device has stored it: <c>ack</c>, or its word when asked.</summary>
    Acked,

    /// <summary>The device has not stored it, and may later.</summary>
    Busy,
    Succeeded,
    Failed,

    /// <summary>The device heeded a cancel.</summary>
    CanceledByDevice,

    /// <summary>Asked for it, the device says that it does not have it.</summary>
    StatusNone,

    /// <summary>The device cannot be asked what became of requests.</summary>
    StatusNotKnown,
    Connected,
    Disconnected,
    CancelAsked,

    /// <summary>The time in <see cref="RequestRecord.Due"/> may have come.</summary>
    TimerFired,

    /// <summary>A new hub has read it from the store.</summary>
    Restarted,
}

/// <summary>Something that happened to a request.</summary>
/// <param name="Kind">What.</param>
/// <param name="Try">Which send it is about; 0 where that means nothing.</param>
/// <param name="Outcome">For the three kinds of result.</param>
/// <param name="RetryAfter">For <see cref="RequestEventKind.Busy"/>: what the device asked for.</param>
internal sealed record RequestEvent(RequestEventKind Kind, int Try = 0, RequestOutcome? Outcome = null, TimeSpan RetryAfter = default);
