using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Requests;

/// <summary>What comes of an event: records that must be durable first, then effects, in their order.</summary>
/// <param name="Saves">New or changed; one for each request.</param>
/// <param name="Forgets">Gone; a request is never in both.</param>
/// <param name="Effects">What to do once all that is on disk.</param>
internal sealed record QueueDecision(ImmutableArray<RequestRecord> Saves, ImmutableArray<RequestId> Forgets, ImmutableArray<RequestEffect> Effects)
{
    public static readonly QueueDecision Nothing = new([], [], []);
}

internal enum AskVerdict
{
    /// <summary>It is a new request; the asker waits for it.</summary>
    Taken,

    /// <summary>It was asked before: the asker waits for that one, or is told of its end at once.</summary>
    Known,

    /// <summary>The key stands for something else.</summary>
    KeyConflict,

    /// <summary>The device has too much to do, or too many keys are kept.</summary>
    QueueFull,

    /// <summary>The device is not connected, and the asker does not want to wait for it.</summary>
    DeviceOffline,
}

/// <param name="Verdict">What becomes of it.</param>
/// <param name="Request">As it is once the decision's effects are done; null when it was refused.</param>
/// <param name="Decision">The asker is answered after its records are durable, and attached before its effects.</param>
internal sealed record AskAnswer(AskVerdict Verdict, RequestRecord? Request, QueueDecision Decision);
