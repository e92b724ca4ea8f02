using Mainstay.Edge.Answers;
using Mainstay.Edge.Drain;
using Mainstay.Edge.Headers;
using Mainstay.Edge.Routing;
using Mainstay.Edge.Traffic;
using Mainstay.Edge.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Edge.Forwarding;

/// <summary>Takes a request from its route to its answer: which instance, how often to try, when to wait, what to say when nothing helps.</summary>
internal sealed class RequestHandler(TrafficState traffic, Forwarder forwarder, WebSocketForwarder webSockets, CorrelationId ids, WorkerDrain drain, EdgeLimits limits, TimeProvider time)
{
    private const int MaxTries = 3;

    private readonly long _suspicion = (long)(limits.Suspicion.TotalSeconds * time.TimestampFrequency);

    public async Task HandleAsync(EdgeRequest request)
    {
        Identify(request);
        var state = traffic.Current ?? await traffic.FirstAsync(limits.FirstSnapshot, request.Aborted);
        if (state is null)
        {
            await Answerer.GiveAsync(request, EdgeVerdict.NotConfigured, ErrorPages.BuiltIn);
            return;
        }

        var webSocket = WebSocketHandshake.IsWanted(request);
        var verdict = request.Method == "CONNECT" && !webSocket ? EdgeVerdict.MethodNotAllowed : await ForwardAsync(request, state, webSocket);
        if (verdict is not null)
        {
            await Answerer.GiveAsync(request, verdict, (traffic.Current ?? state).Pages);
        }
    }

    private void Identify(EdgeRequest request)
    {
        var values = request.Headers[CorrelationId.Header];
        var given = values.Count == 1 ? values[0] : null;
        request.CorrelationId = CorrelationId.IsWellFormed(given) ? given! : ids.Next();
    }

    /// <returns>Null when a response was relayed; else what to answer.</returns>
    private async ValueTask<EdgeVerdict?> ForwardAsync(EdgeRequest request, RoutingState state, bool webSocket)
    {
        var tries = new Tries { WebSocket = webSocket };
        while (true)
        {
            if (drain.IsCutting)
            {
                return EdgeVerdict.Draining;
            }

            if (state.Find(request.Host, request.Path) is not { } route)
            {
                return EdgeVerdict.NoRoute;
            }

            var instance = Balancer.Choose(route.Service.Ready, route.Service.Traffic.NextTurn(), time.GetTimestamp(), _suspicion, tries.Failed, webSocket);
            if (instance is null)
            {
                if (await WaitAsync(request, state, route.Service, tries) is { } verdict)
                {
                    return verdict;
                }

                state = traffic.Current!;
                continue;
            }

            if (!instance.TryEnterRequest())
            {
                state = traffic.Current!;
                continue;
            }

            Attempt attempt;
            try
            {
                if (!await PrepareAsync(request, state, route, tries))
                {
                    return tries.Refusal;
                }

                attempt = tries.Key is { } key
                    ? await webSockets.TryAsync(request, instance, route.Timeout, key)
                    : await forwarder.TryAsync(request, instance, route.Timeout, tries.BodyAppended, tries.Fresh);
            }
            finally
            {
                if (!request.IsWebSocket)
                {
                    instance.LeaveRequest();
                }
            }

            if (attempt == Attempt.Done)
            {
                return null;
            }

            if (await AfterAsync(attempt, request, state, instance, tries) is { } answer)
            {
                return answer;
            }

            state = traffic.Current!;
        }
    }

    /// <summary>Writes the head, once per route; false when the request cannot be forwarded at all.</summary>
    private async ValueTask<bool> PrepareAsync(EdgeRequest request, RoutingState state, Route route, Tries tries)
    {
        if (ReferenceEquals(tries.PreparedFor, route))
        {
            return true;
        }

        if (tries.BodyAppended && tries.BodyLength > 0)
        {
            // Only a retry that meets a new snapshot comes here with a body already read: its head stays what it was.
            tries.PreparedFor = route;
            return true;
        }

        if (!RequestHead.TryWrite(request, route, state.Trusted, tries.WebSocket) || (tries.WebSocket && (tries.Key = WebSocketHandshake.EndHead(request)) is null))
        {
            tries.Refusal = EdgeVerdict.BadRequest;
            return false;
        }

        tries.PreparedFor = route;
        if (tries.WebSocket)
        {
            tries.BodyAppended = true;
            return true;
        }

        if (!request.CanHaveBody)
        {
            tries.BodyAppended = true;
            return true;
        }

        try
        {
            var before = request.Head.Length;
            tries.BodyAppended = await RequestBodyPump.TryAppendAsync(request, limits.ReplayableBodyBytes);
            tries.BodyLength = request.Head.Length - before;
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            request.BodyError = e;
            tries.Refusal = ClientVerdict(request);
            return false;
        }
    }

    /// <returns>Null to try again.</returns>
    private async ValueTask<EdgeVerdict?> AfterAsync(Attempt attempt, EdgeRequest request, RoutingState state, InstanceTraffic instance, Tries tries)
    {
        if (drain.IsCutting)
        {
            return EdgeVerdict.Draining;
        }

        tries.Count++;
        tries.Failed = instance;
        switch (attempt)
        {
            case Attempt.Refused or Attempt.ConnectTimedOut:
                // Nothing was sent, so every method may try again. With nobody else to try, the daemon may be about to say why.
                if (tries.Count < MaxTries && (HasOther(state, traffic.Current!, request, instance) || await LearnAsync(state, request, tries)))
                {
                    return null;
                }

                return attempt == Attempt.Refused ? EdgeVerdict.ConnectionFailed : EdgeVerdict.ConnectTimedOut;

            case Attempt.Died:
                if ((request.IsIdempotent || tries.WebSocket) && tries.BodyAppended && !tries.Repeated)
                {
                    (tries.Repeated, tries.Fresh) = (true, true);
                    return null;
                }

                return EdgeVerdict.ConnectionFailed;

            case Attempt.Broken:
                return EdgeVerdict.BadResponse;

            case Attempt.TimedOut:
                return EdgeVerdict.TimedOut;

            case Attempt.ClientFailed:
                return ClientVerdict(request);

            case Attempt.Done:
                return null;
        }

        return null;
    }

    /// <summary>Somebody else is ready, or the snapshot has changed since this one was chosen.</summary>
    private static bool HasOther(RoutingState state, RoutingState current, EdgeRequest request, InstanceTraffic instance)
    {
        if (!ReferenceEquals(state, current))
        {
            return true;
        }

        var ready = current.Find(request.Host, request.Path)?.Service.Ready ?? [];
        return ready.Length > 1 || (ready.Length == 1 && ready[0] != instance);
    }

    /// <summary>A refused connection means that the process is gone, and the daemon knows that within moments. Once per request.</summary>
    private async ValueTask<bool> LearnAsync(RoutingState state, EdgeRequest request, Tries tries)
    {
        if (tries.Learned)
        {
            return false;
        }

        tries.Learned = true;
        try
        {
            await state.Superseded.WaitAsync(limits.RefusedGrace, time, request.Aborted);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <returns>Null when a newer snapshot ended the wait.</returns>
    private async ValueTask<EdgeVerdict?> WaitAsync(EdgeRequest request, RoutingState state, ServiceView service, Tries tries)
    {
        if (!service.Hold)
        {
            return EdgeVerdict.Unavailable;
        }

        var now = time.GetTimestamp();
        tries.HeldSince ??= now;
        var left = service.HoldMax - time.GetElapsedTime(tries.HeldSince.Value, now);
        if (left <= TimeSpan.Zero)
        {
            return EdgeVerdict.HoldTimedOut;
        }

        try
        {
            return await service.Traffic.Room.WaitAsync(state.Version, left, request.Aborted) switch
            {
                WaitOutcome.Released => null,
                WaitOutcome.TimedOut => EdgeVerdict.HoldTimedOut,
                WaitOutcome.Full => EdgeVerdict.HoldFull,
            };
        }
        catch (OperationCanceledException)
        {
            return ClientVerdict(request);
        }
    }

    /// <summary>Nobody reads the answer to a client that is gone; one whose body was refused learns why.</summary>
    private static EdgeVerdict ClientVerdict(EdgeRequest request) => request.BodyError is BadHttpRequestException bad
        ? bad.StatusCode switch
        {
            413 => EdgeVerdict.BodyTooLarge,
            408 => EdgeVerdict.BodyTimeout,
            _ => EdgeVerdict.BadRequest,
        }
        : EdgeVerdict.BadRequest;

    /// <summary>What has been tried for one request.</summary>
    private sealed class Tries
    {
        public bool WebSocket;
        public string? Key;
        public int Count;
        public InstanceTraffic? Failed;
        public Route? PreparedFor;
        public bool BodyAppended;
        public int BodyLength;
        public bool Fresh;
        public bool Repeated;
        public bool Learned;
        public long? HeldSince;
        public EdgeVerdict? Refusal;
    }
}
