using Mainstay.Realtime.Serving;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Sockets;
using Mainstay.Realtime.Hub.Streams;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>Results as server-sent events: of one request to its end, or of all that a token may ask.</summary>
internal sealed class ResultStreams(ConnectionPorts ports, HubDoor door)
{
    private const string Type = "text/event-stream";

    /// <summary>Before a reader comes back whose stream was ended by us.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly StreamSlots _slots = new(ports.Limits.MaxStreams);

    /// <summary>Whoever takes anything gets JSON; a stream has to be asked for by its name.</summary>
    public static bool IsWanted(HttpRequest request) =>
        request.Headers.Accept.OfType<string>().SelectMany(l => l.Split(',', StringSplitOptions.TrimEntries)).Any(a => a.Split(';', 2, StringSplitOptions.TrimEntries)[0].Equals(Type, StringComparison.OrdinalIgnoreCase));

    /// <summary>One request, from where it is to its end.</summary>
    /// <param name="begin">What has the follower told.</param>
    public Task RequestAsync(HttpContext http, ApiCaller caller, Func<RequestFollower, HubInput> begin) => WithSlotAsync(http, caller, async () =>
    {
        var queue = Queue(http);
        var follower = new RequestFollower(queue, ApiHeader.Of(http, "Last-Event-ID"));
        await ports.Actor.PostAsync(begin(follower), http.RequestAborted);
        try
        {
            if (await follower.Answered.WaitAsync(http.RequestAborted) is { } refused)
            {
                await ApiAnswer.RefuseAsync(http, refused);
                return;
            }

            ApiAnswer.Name(http, follower.Request!);
            if (follower.IsOver)
            {
                // Readers that come back by themselves stop at this.
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await WriteAsync(http, caller, queue);
        }
        finally
        {
            queue.End();
            await ports.Actor.PostAsync(new HubInput.Unfollowed(follower, () => follower.Request), CancellationToken.None);
        }
    });

    /// <summary>All requests that the token may ask, from now on.</summary>
    public Task BranchAsync(HttpContext http, ApiCaller caller) => WithSlotAsync(http, caller, async () =>
    {
        var queue = Queue(http);
        var follower = new BranchFollower(queue, caller.Who, http.Request.Query["device"].FirstOrDefault(), ApiHeader.Of(http, "Last-Event-ID"));
        await ports.Actor.PostAsync(new HubInput.BranchFollowed(follower), http.RequestAborted);
        try
        {
            await WriteAsync(http, caller, queue);
        }
        finally
        {
            queue.End();
            await ports.Actor.PostAsync(new HubInput.BranchUnfollowed(follower), CancellationToken.None);
        }
    });

    /// <summary>A reader that takes too little is cut: with an end it would take what it has for all there is.</summary>
    private StreamQueue Queue(HttpContext http) => new(
        ports.Limits.MaxStreamBytes,
        () =>
        {
            ports.Metrics.StreamsTooSlow.Add();
            http.Abort();
        });

    private async Task WithSlotAsync(HttpContext http, ApiCaller caller, Func<Task> serve)
    {
        if (door.IsDraining)
        {
            http.Response.Headers.RetryAfter = "1";
            await ApiAnswer.RefuseAsync(http, 503, DoorCode.Draining, "this process ends; come back in a moment");
            return;
        }

        if (!_slots.TryTake(caller.Who.Name))
        {
            await ApiAnswer.RefuseAsync(http, new(HubErrorCode.TooManyRequests, $"at most {ports.Limits.MaxStreams} streams of one token's subject are open at once: end one, or read all of the branch in one at /_hub/requests", RetryAfter: TimeSpan.FromSeconds(5)));
            return;
        }

        ports.Metrics.StreamsOpened.Add();
        try
        {
            await serve();
        }
        finally
        {
            ports.Metrics.StreamsEnded.Add();
            _slots.Free(caller.Who.Name);
        }
    }

    private async Task WriteAsync(HttpContext http, ApiCaller caller, StreamQueue queue)
    {
        http.Response.ContentType = Type;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        using var drained = door.Draining.Register(() => queue.Add(StreamEvent.Drain(s_retry, "restart")));
        using var expired = ExpireAt(caller.ValidUntil, queue);

        // The head goes out before the first event, so that a reader knows that it is connected.
        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        var isMore = queue.WaitAsync(http.RequestAborted);
        while (!await IsLateAsync(isMore, http.RequestAborted) ? await isMore : await PulseAsync(http))
        {
            while (queue.TryTake(out var e))
            {
                await WriteAsync(http, e);
            }

            isMore = isMore.IsCompleted ? queue.WaitAsync(http.RequestAborted) : isMore;
        }
    }

    /// <summary>Nothing came for so long that the reader is shown that the connection lives.</summary>
    private async Task<bool> IsLateAsync(Task<bool> isMore, CancellationToken token)
    {
        try
        {
            await isMore.WaitAsync(ports.Limits.Ping, ports.Time, token);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private static async Task<bool> PulseAsync(HttpContext http)
    {
        await WriteAsync(http, StreamEvent.Pulse);
        return true;
    }

    private static async Task WriteAsync(HttpContext http, StreamEvent e)
    {
        await http.Response.Body.WriteAsync(e.Bytes, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Whoever polls shows the token each time: a stream lasts no longer than it.</summary>
    private ITimer? ExpireAt(DateTimeOffset? until, StreamQueue queue)
    {
        if (until is not { } at)
        {
            return null;
        }

        var left = at - ports.Time.GetUtcNow();

        // A timer's longest is some weeks; no stream lasts that long.
        var wait = left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(7) ? TimeSpan.FromDays(7) : left;
        return ports.Time.CreateTimer(_ => queue.Add(StreamEvent.Drain(s_retry, "the token has expired")), null, wait, Timeout.InfiniteTimeSpan);
    }
}
