namespace Mainstay.Realtime.Hub.Requests;

/// <summary>Where a request is. On the wire in lower case.</summary>
internal enum RequestPhase
{
    /// <summary>Stored; the device does not have it.</summary>
    Queued,

    /// <summary>Written to the device's connection; nothing was heard of it.</summary>
    Sent,

    /// <summary>The device has stored it, and will do it.</summary>
    Accepted,

    /// <summary>It was sent, and the way to an answer was lost: the device has to be asked.</summary>
    Unsure,
    Done,
    Failed,

    /// <summary>Its time was over before a device had it.</summary>
    Expired,
    Canceled,

    /// <summary>It was given up without knowing whether it was done.</summary>
    Unknown,
}

internal static class RequestPhases
{
    public static bool HasEnded(this RequestPhase phase) => phase switch
    {
        RequestPhase.Queued or RequestPhase.Sent or RequestPhase.Accepted or RequestPhase.Unsure => false,
        RequestPhase.Done or RequestPhase.Failed or RequestPhase.Expired or RequestPhase.Canceled or RequestPhase.Unknown => true,
    };

    /// <summary>Its target can do nothing else meanwhile.</summary>
    public static bool HoldsTarget(this RequestPhase phase) => phase switch
    {
        RequestPhase.Sent or RequestPhase.Accepted or RequestPhase.Unsure => true,
        RequestPhase.Queued or RequestPhase.Done or RequestPhase.Failed or RequestPhase.Expired or RequestPhase.Canceled or RequestPhase.Unknown => false,
    };
}
