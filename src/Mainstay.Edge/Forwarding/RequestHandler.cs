using Mainstay.Edge.Answers;
using Mainstay.Edge.Guards;
using Mainstay.Edge.Logs;
using Mainstay.Edge.Routing;
using Mainstay.Edge.Traffic;
using Mainstay.Edge.WebSockets;

namespace Mainstay.Edge.Forwarding;

/// <summary>Takes a request from its route to its answer: which instance, whether to wait or to try again, what to say when nothing helps.</summary>
internal sealed class RequestHandler(TrafficState traffic, Selection selection, Attempts attempts, Patience patience, DoneOnce once, VerdictLog log, EdgeLimits limits, TimeProvider time)
{
    private readonly long _stale = (long)(limits.StaleConnection.TotalSeconds * time.TimestampFrequency);

    public async Task HandleAsync(EdgeRequest request)
    {
        // The server starts after the first snapshot.
        var state = traffic.Current!;
        var webSocket = WebSocketHandshake.IsWanted(request);
        var tries = new Tries(webSocket);
        var verdict = request.Method == "CONNECT" && !webSocket ? EdgeVerdict.MethodNotAllowed : await ForwardAsync(request, state, tries);
        if (verdict is not null)
        {
            if (verdict.IsGuards)
            {
                tries.Service?.Counters.Refused();
                log.Write(request, verdict, tries);
            }
            else if (verdict.Status is 502 or 503 or 504 && !request.IsGivenUp && !Answerer.IsFavicon(request))
            {
                tries.Service?.Counters.AnsweredByEdge();
                log.Write(request, verdict, tries);
            }

            await Answerer.GiveAsync(request, verdict, traffic.Current!.Pages);
        }
    }

    /// <returns>Null when a response was relayed; else what to answer.</returns>
    private async ValueTask<EdgeVerdict?> ForwardAsync(EdgeRequest request, RoutingState state, Tries tries)
    {
        while (!traffic.IsClosed)
        {
            if (Find(state, request, tries) is not { } route)
            {
                return EdgeVerdict.NoRoute;
            }

            if (route.Guards is { } guards && !tries.IsGuarded)
            {
                tries.Service = route.Service.Traffic;
                tries.Service.Counters.Routed();
                if (Guard(request, state, guards, tries) is { } refusal)
                {
                    return refusal;
                }

                return guards.Once is { } rule && !tries.WebSocket && !tries.IsStandIn && DoneOnce.Concerns(request)
                    ? await once.RunAsync(request, rule, tries, () => ForwardAsync(request, traffic.Current!, tries))
                    : await ForwardAsync(request, traffic.Current!, tries);
            }

            if (tries.Service != route.Service.Traffic)
            {
                tries.Service = route.Service.Traffic;
                tries.Service.Counters.Routed();
            }

            if (selection.Choose(request, state, route.Service, tries) is not { } instance)
            {
                if (await patience.HoldAsync(request, state, route.Service, tries) is { } verdict)
                {
                    return verdict;
                }
            }
            else if (instance.TryEnterRequest())
            {
                var attempt = await TryAsync(request, state, route, instance, tries);
                if (attempt is Attempt.Done || tries.Refusal is not null)
                {
                    return tries.Refusal;
                }

                if (await AfterAsync(attempt, request, state, instance, tries) is { } verdict)
                {
                    return verdict;
                }
            }

            state = traffic.Current!;
        }

        return EdgeVerdict.Draining;
    }

    /// <summary>With its stand-in in its place, when the switch that it obeys is off.</summary>
    private static Route? Find(RoutingState state, EdgeRequest request, Tries tries) =>
        state.Find(request.Host, request.Path) is { } route ? tries.IsStandIn && route.StandIn is { } standIn ? route with { Service = standIn } : route : null;

    /// <summary>Asked once, whatever is tried afterwards.</summary>
    private EdgeVerdict? Guard(EdgeRequest request, RoutingState state, RouteGuards guards, Tries tries)
    {
        request.Trust(state.Trusted);
        var decision = guards.Decide(request, time.GetTimestamp(), time.GetUtcNow());
        (tries.IsGuarded, tries.IsStandIn) = (true, decision.IsStandIn);
        if (decision is { Policy: { } policy, Limit: { } limit })
        {
            request.Tell(policy, limit);
        }

        return decision.Refusal;
    }

    private async ValueTask<Attempt> TryAsync(EdgeRequest request, RoutingState state, Route route, InstanceTraffic instance, Tries tries)
    {
        try
        {
            request.Exchange = default;
            var attempt = await attempts.PrepareAsync(request, state, route, tries)
                ? await attempts.TryAsync(request, instance, route, tries)
                : Attempt.ClientFailed;
            if (!request.IsWebSocket)
            {
                // A WebSocket was counted when it began.
                var repeats = IsRepeatable(request, tries) && tries.Deaths == 0;
                request.Exchange.Count(attempt, instance.Counters, repeats, traffic.IsClosed, time.GetTimestamp(), _stale);
            }

            return attempt;
        }
        finally
        {
            if (!request.IsWebSocket)
            {
                instance.LeaveRequest();
            }
        }
    }

    /// <returns>Null to try again.</returns>
    private async ValueTask<EdgeVerdict?> AfterAsync(Attempt attempt, EdgeRequest request, RoutingState state, InstanceTraffic instance, Tries tries)
    {
        if (traffic.IsClosed)
        {
            return EdgeVerdict.Draining;
        }

        // A candidate's try is an extra one: those that every request has are not spent, and whoever has no candidate to go to is still there.
        tries.CandidateFailed |= tries.AtCandidate;
        tries.Count += tries.AtCandidate ? 0 : 1;
        tries.Failed = instance;
        tries.Tell($"{instance.Id} {Word(attempt)}");
        var sameAgain = attempt is Attempt.Died && !tries.AddDeath(instance);
        var hasOther = tries.AtCandidate || HasOther(state, request, instance, tries);
        var service = traffic.Current is { } current ? Find(current, request, tries)?.Service : null;
        var hold = service?.Hold ?? false;
        var (next, verdict) = RetryRule.After(attempt, new(IsRepeatable(request, tries), tries.Deaths, sameAgain, tries.Count, hasOther, patience.MayWait(service, tries), hold));
        switch (next)
        {
            case Next.TryAgain:
                return null;

            case Next.Learn:
                if (await patience.LearnAsync(request, state, tries))
                {
                    return null;
                }

                // What was never sent can wait on while requests are held: somebody is on the way, or the one that refuses is not listening yet.
                tries.Tell("no news");
                return hold && attempt is not Attempt.Died && !request.IsGivenUp ? null : verdict;

            case Next.Answer:
                return verdict ?? Attempts.ClientVerdict(request);
        }

        return verdict;
    }

    private static string Word(Attempt attempt) => attempt switch
    {
        Attempt.Refused => "refused the connection",
        Attempt.ConnectTimedOut => "did not accept the connection",
        Attempt.Died => "closed without an answer",
        Attempt.Broken => "broke off or answered nonsense",
        Attempt.TimedOut => "was silent for too long",
        Attempt.ClientFailed => "lost the client",
        Attempt.Done => "answered",
    };

    private static bool IsRepeatable(EdgeRequest request, Tries tries) => tries.BodyAppended && (request.IsIdempotent || tries.WebSocket);

    private bool HasOther(RoutingState state, EdgeRequest request, InstanceTraffic instance, Tries tries)
    {
        if (!ReferenceEquals(state, traffic.Current))
        {
            return true;
        }

        var ready = Find(state, request, tries)?.Service.Ready ?? [];
        return ready.Length > 1 || (ready.Length == 1 && ready[0] != instance);
    }
}
