using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Requests;

internal enum RequestEffectKind
{
    /// <summary>Write <c>req</c> to the device, with the record's try. If no byte of it goes out, say <see cref="RequestEventKind.NotSent"/>.</summary>
    Send,

    /// <summary>Write <c>$status</c> to the device.</summary>
    AskStatus,

    /// <summary>Write <c>cancel</c> to the device, if it can.</summary>
    SendCancel,

    /// <summary>Tell everybody who waits for it where it is.</summary>
    Tell,

    /// <summary>Log that the device did what the askers were told was not done.</summary>
    Contradicted,

    /// <summary>Its key has been kept long enough.</summary>
    Forget,
}

/// <param name="Kind">What to do.</param>
/// <param name="Request">As it is now.</param>
internal sealed record RequestEffect(RequestEffectKind Kind, RequestRecord Request);

/// <summary>What an event does to a request. A record that is the same as before is not stored again.</summary>
internal sealed record RequestTransition(RequestRecord Next, ImmutableArray<RequestEffectKind> Effects)
{
    public RequestTransition(RequestRecord next, params RequestEffectKind[] effects)
        : this(next, ImmutableArray.Create(effects))
    {
    }
}
