using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Protocol;

/// <summary>A request's phase as askers see it.</summary>
internal static class RequestWords
{
    public static string Word(this RequestPhase phase) => phase switch
    {
        RequestPhase.Queued => "queued",
        RequestPhase.Sent => "sent",
        RequestPhase.Accepted => "accepted",
        RequestPhase.Unsure => "unsure",
        RequestPhase.Done => "done",
        RequestPhase.Failed => "failed",
        RequestPhase.Expired => "expired",
        RequestPhase.Canceled => "canceled",
        RequestPhase.Unknown => "unknown",
    };

    /// <summary>For an asker over HTTP.</summary>
    public static int HttpStatus(this RequestPhase phase) => phase switch
    {
        RequestPhase.Queued or RequestPhase.Sent or RequestPhase.Accepted or RequestPhase.Unsure => 202,

        // It is known what became of it; a retry by somebody who reads only the status would be wrong.
        RequestPhase.Done or RequestPhase.Failed or RequestPhase.Canceled => 200,
        RequestPhase.Expired => 410,
        RequestPhase.Unknown => 504,
    };
}
