using Mainstay.Edge.Answers;
using Mainstay.Edge.Routing;
using Mainstay.Edge.Traffic;
using Mainstay.Edge.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Edge.Forwarding;

/// <summary>Makes a request ready to be sent, and sends it once.</summary>
internal sealed class Attempts(Forwarder forwarder, WebSocketForwarder webSockets, EdgeLimits limits)
{
    /// <summary>Nobody reads the answer to a client that is gone; one whose body was refused learns why.</summary>
    public static EdgeVerdict ClientVerdict(EdgeRequest request) => request.BodyError is BadHttpRequestException bad
        ? bad.StatusCode switch
        {
            413 => EdgeVerdict.BodyTooLarge,
            408 => EdgeVerdict.BodyTimeout,
            _ => EdgeVerdict.BadRequest,
        }
        : EdgeVerdict.BadRequest;

    /// <summary>Writes the head, once per route, and takes a small body in; false when the request cannot be forwarded at all.</summary>
    public async ValueTask<bool> PrepareAsync(EdgeRequest request, RoutingState state, Route route, Tries tries)
    {
        if (ReferenceEquals(tries.PreparedFor, route) || tries.BodyLength > 0)
        {
            // With a body behind it the head stays what it was, even when a retry meets a newer snapshot.
            return true;
        }

        if (!RequestHead.TryWrite(request, route, state.Trusted, tries.WebSocket) || (tries.WebSocket && (tries.Key = WebSocketHandshake.EndHead(request)) is null))
        {
            tries.Refusal = EdgeVerdict.BadRequest;
            return false;
        }

        tries.PreparedFor = route;
        if (tries.WebSocket || !request.CanHaveBody)
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

    public ValueTask<Attempt> TryAsync(EdgeRequest request, InstanceTraffic instance, Route route, Tries tries) => tries.Key is { } key
        ? new(webSockets.TryAsync(request, instance, route.Timeout, key))
        : forwarder.TryAsync(request, instance, route.Timeout, tries.BodyAppended, fresh: tries.Deaths > 0);
}
