using static Mainstay.Realtime.Hub.Requests.RequestEffectKind;
using static Mainstay.Realtime.Hub.Requests.RequestEventKind;

namespace Mainstay.Realtime.Hub.Requests;

/// <summary>
/// The life of one request to a device. Described in docs/state-machines/hub-request.md; the whole table is a golden file.
///
///     queued ⇄ sent ─► accepted ─► done, failed, canceled
///        ▲      │  ⇅      ⇅
///        └── unsure ─────────────► unknown
///
/// What was sent is sent again only after the device said that it does not have it, and never once it has accepted: the act may be physical. Answers that take something back (busy, none)
/// count for the last try only; those that say what is so count always.
/// </summary>
internal static class RequestMachine
{
    public static RequestTransition Next(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now) => request.Phase switch
    {
        RequestPhase.Queued => WhileQueued(request, e, policy, now),
        RequestPhase.Sent => WhileSent(request, e, policy, now),
        RequestPhase.Accepted => WhileAccepted(request, e, policy, now),
        RequestPhase.Unsure => WhileUnsure(request, e, policy, now),
        RequestPhase.Done or RequestPhase.Failed => AfterAnswer(request, e, now),
        RequestPhase.Expired or RequestPhase.Canceled => AfterNothing(request, e, now),
        RequestPhase.Unknown => WhileUnknown(request, e, policy, now),
    };

    private static RequestTransition WhileQueued(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now) => e.Kind switch
    {
        TurnCame when now >= request.ExpiresAt => Expire(request, policy, now),
        TurnCame => Sent(request, policy, now),

        // It went back here because the device did not have it; a device that did it all the same has done it.
        Succeeded or Failed or CanceledByDevice when request.Try > 0 => Answered(request, e, policy, now),
        CancelAsked => End(request, RequestPhase.Canceled, "canceled before a device had it", policy, now),
        TimerFired when now >= request.ExpiresAt => Expire(request, policy, now),
        TimerFired when now >= request.Due => new(request with { NotBefore = null, Due = request.ExpiresAt }),

        // An ack of an earlier try changes nothing: it is sent again, and the device knows it by its key.
        Acked or NotSent or Busy or Succeeded or Failed or CanceledByDevice or StatusNone or StatusNotKnown or Connected or Disconnected or TimerFired or Restarted => new(request),
    };

    private static RequestTransition WhileSent(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now) => e.Kind switch
    {
        Acked => Accept(request, policy, now),
        NotSent when e.Try == request.Try => BackToQueue(request, "no byte of it left the hub", null, policy, now),
        Busy when e.Try == request.Try => BackToQueue(request, "the device is busy", BusyUntil(e, policy, now), policy, now),
        Succeeded or Failed or CanceledByDevice => Answered(request, e, policy, now),
        Connected => Doubt(request, "the device connected anew before it acknowledged", ask: true, policy, now),
        Disconnected => Doubt(request, "the device went away before it acknowledged", ask: false, policy, now),
        Restarted => Doubt(Afresh(request, policy, now), "the hub restarted before the device acknowledged", ask: false, policy, now),

        // Also when the timer fires very late: the device is to have the time for one answer.
        TimerFired when now >= request.Due => Doubt(request with { EndsBy = Later(request.EndsBy, now + policy.AskEvery) }, $"no ack within {Seconds(policy.AckWithin)}", ask: true, policy, now),
        CancelAsked when !request.CancelWished => new(Wished(request), SendCancel),

        // Nobody has asked about this try yet: what comes now is an old answer.
        StatusNone or StatusNotKnown => new(request),
        TurnCame or NotSent or Busy or CancelAsked or TimerFired => new(request),
    };

    private static RequestTransition WhileAccepted(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now) => e.Kind switch
    {
        Succeeded or Failed or CanceledByDevice => Answered(request, e, policy, now),
        Connected => Doubt(request, "the device connected anew before its result", ask: true, policy, now),
        Disconnected => Doubt(request, "the device went away before its result", ask: false, policy, now),
        Restarted => Doubt(Afresh(request, policy, now), "the hub restarted before the result", ask: false, policy, now),
        TimerFired when now >= request.EndsBy => GiveUp(request, "the device had accepted it and never said what came of it", policy, now),
        TimerFired when now >= request.Due => Doubt(request, $"no result within {Seconds(request.Spec.Timeout)}", ask: true, policy, now),
        CancelAsked when !request.CancelWished => new(Wished(request), SendCancel),

        // It said that it has it. Nothing takes that back.
        Acked or NotSent or Busy or StatusNone or StatusNotKnown or TurnCame or CancelAsked or TimerFired => new(request),
    };

    private static RequestTransition WhileUnsure(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now) => e.Kind switch
    {
        Acked => Accept(request, policy, now),
        Succeeded or Failed or CanceledByDevice => Answered(request, e, policy, now),
        StatusNone when e.Try == request.Try && request.AcceptedAt is null => BackToQueue(request, "the device says that it does not have it", null, policy, now),
        StatusNone when e.Try == request.Try => GiveUp(request, "the device had accepted it and says now that it does not know it", policy, now),
        StatusNotKnown when e.Try == request.Try => GiveUp(request, "the device cannot be asked what came of it", policy, now),
        NotSent when e.Try == request.Try && request.AcceptedAt is null => BackToQueue(request, "no byte of it left the hub", null, policy, now),
        Busy when e.Try == request.Try && request.AcceptedAt is null => BackToQueue(request, "the device is busy", BusyUntil(e, policy, now), policy, now),
        TimerFired when now >= request.EndsBy => GiveUp(request, $"nothing was learned of it: {request.Because}", policy, now),
        Connected => Ask(request, policy, now),
        TimerFired when now >= request.Due => Ask(request, policy, now),

        // There is nobody to ask until it comes back.
        Disconnected => new(request with { Due = request.EndsBy }),
        Restarted => Doubt(Afresh(request, policy, now), request.Because, ask: false, policy, now),

        // It is told to the device once that is known to have it.
        CancelAsked when !request.CancelWished => new(Wished(request)),
        TurnCame or NotSent or Busy or StatusNone or StatusNotKnown or CancelAsked or TimerFired => new(request),
    };

    /// <summary>Done or failed: the device has spoken, and its first word counts.</summary>
    private static RequestTransition AfterAnswer(RequestRecord request, RequestEvent e, DateTimeOffset now) => e.Kind switch
    {
        TimerFired when now >= request.Due => new(request, Forget),
        TurnCame or NotSent or Acked or Busy or Succeeded or Failed or CanceledByDevice or StatusNone or StatusNotKnown or Connected or Disconnected or CancelAsked or TimerFired or Restarted => new(request),
    };

    /// <summary>Expired or canceled: it was not done.</summary>
    private static RequestTransition AfterNothing(RequestRecord request, RequestEvent e, DateTimeOffset now) => e.Kind switch
    {
        TimerFired when now >= request.Due => new(request, Forget),

        // The outcome stays what the askers were told; they may have acted on it.
        Succeeded => new(request, Contradicted),
        TurnCame or NotSent or Acked or Busy or Failed or CanceledByDevice or StatusNone or StatusNotKnown or Connected or Disconnected or CancelAsked or TimerFired or Restarted => new(request),
    };

    /// <summary>It has ended for who waits, and its target is free; the truth is welcome all the same.</summary>
    private static RequestTransition WhileUnknown(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now) => e.Kind switch
    {
        Succeeded or Failed or CanceledByDevice => Answered(request, e, policy, now),
        StatusNone when e.Try == request.Try && request.AcceptedAt is null => End(request, RequestPhase.Expired, "the device says now that it never had it", policy, now),
        Connected => new(request, AskStatus),
        TimerFired when now >= request.Due => new(request, Forget),

        // It is known then that the device has it, and never again that it has not.
        Acked when request.AcceptedAt is null => new(request with { AcceptedAt = now }),
        TurnCame or NotSent or Acked or Busy or StatusNone or StatusNotKnown or Disconnected or CancelAsked or TimerFired or Restarted => new(request),
    };

    private static RequestRecord Wished(RequestRecord request) => request with { CancelWished = true, Because = $"{request.Because}; a cancel is wished" };

    private static RequestTransition Sent(RequestRecord request, RequestPolicy policy, DateTimeOffset now)
    {
        var due = now + policy.AckWithin;
        return new(request with { Phase = RequestPhase.Sent, Try = request.Try + 1, NotBefore = null, Due = due, EndsBy = due + policy.GiveUpAfter, Because = "sent to the device" }, Send, Tell);
    }

    private static RequestTransition Accept(RequestRecord request, RequestPolicy policy, DateTimeOffset now)
    {
        // A device that says "accepted" whenever it is asked moves neither of the two again.
        var (acceptedAt, endsBy) = request.AcceptedAt is { } before ? (before, request.EndsBy) : (now, now + request.Spec.Timeout + policy.GiveUpAfter);
        var due = Earlier(endsBy, Later(acceptedAt + request.Spec.Timeout, now + policy.AskEvery));
        var next = request with { Phase = RequestPhase.Accepted, AcceptedAt = acceptedAt, Due = due, EndsBy = endsBy, Because = "the device has it" };
        return request.CancelWished && request.Phase is RequestPhase.Unsure ? new(next, SendCancel, Tell) : new(next, Tell);
    }

    /// <summary>While there was no hub nobody could learn anything; that time does not count.</summary>
    private static RequestRecord Afresh(RequestRecord request, RequestPolicy policy, DateTimeOffset now) => request with { EndsBy = Later(request.EndsBy, now + policy.GiveUpAfter) };

    private static RequestTransition Doubt(RequestRecord request, string because, bool ask, RequestPolicy policy, DateTimeOffset now)
    {
        var unsure = request with { Phase = RequestPhase.Unsure, Due = ask ? Earlier(now + policy.AskEvery, request.EndsBy) : request.EndsBy, Because = because };
        return ask ? new(unsure, AskStatus, Tell) : new(unsure, Tell);
    }

    private static RequestTransition Ask(RequestRecord request, RequestPolicy policy, DateTimeOffset now) =>
        new(request with { Due = Earlier(now + policy.AskEvery, request.EndsBy) }, AskStatus);

    private static RequestTransition BackToQueue(RequestRecord request, string because, DateTimeOffset? notBefore, RequestPolicy policy, DateTimeOffset now) =>
        request.CancelWished ? End(request, RequestPhase.Canceled, $"canceled; {because}", policy, now)
        : now >= request.ExpiresAt ? Expire(request, policy, now)
        : new(request with { Phase = RequestPhase.Queued, NotBefore = notBefore, Due = Earlier(notBefore ?? request.ExpiresAt, request.ExpiresAt), Because = because }, Tell);

    private static RequestTransition Answered(RequestRecord request, RequestEvent e, RequestPolicy policy, DateTimeOffset now)
    {
        var (phase, because) = e.Kind switch
        {
            Succeeded => (RequestPhase.Done, "the device did it"),
            Failed => (RequestPhase.Failed, $"the device failed: {e.Outcome?.Code}"),
            _ => (RequestPhase.Canceled, "the device canceled it"),
        };
        return End(request with { Outcome = e.Outcome }, phase, because, policy, now);
    }

    private static RequestTransition Expire(RequestRecord request, RequestPolicy policy, DateTimeOffset now) =>
        End(request, RequestPhase.Expired, $"no device had it within {Seconds(request.ExpiresAt - request.AskedAt)}", policy, now);

    private static RequestTransition GiveUp(RequestRecord request, string because, RequestPolicy policy, DateTimeOffset now) =>
        End(request, RequestPhase.Unknown, because, policy, now);

    private static RequestTransition End(RequestRecord request, RequestPhase phase, string because, RequestPolicy policy, DateTimeOffset now) => new(
        request with
        {
            Phase = phase,
            Due = now + (phase is RequestPhase.Unknown ? policy.UnknownKept : policy.KeyKept),
            Spec = request.Spec with { Data = default },
            Because = because,
        },
        Tell);

    private static DateTimeOffset BusyUntil(RequestEvent e, RequestPolicy policy, DateTimeOffset now) =>
        now + (e.RetryAfter > policy.BusyAtLeast ? e.RetryAfter : policy.BusyAtLeast);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static string Seconds(TimeSpan span) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
