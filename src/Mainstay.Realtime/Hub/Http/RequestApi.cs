using System.Globalization;
using Mainstay.Realtime.Serving;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Hub.Sockets;
using Microsoft.AspNetCore.Http;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>Requests over HTTP: asked, waited for, looked at and cancelled by backends.</summary>
internal sealed class RequestApi(ConnectionPorts ports, HubDoor door)
{
    private const int MaxWaitSeconds = 60;

    private readonly ResultStreams _streams = new(ports, door);

    /// <summary>Something is to be done by a device.</summary>
    public async Task AskAsync(HttpContext http, string device, ApiCaller caller)
    {
        if (await ApiBody.TakeAsync(http) is not { } body)
        {
            return;
        }

        var part = ApiBody.Part(body);
        var to = part is { Length: > 0 } ? $"device:{device}/{part}" : part is null ? null : $"device:{device}";
        var key = ApiHeader.Of(http, "Idempotency-Key");
        if (key is null)
        {
            await ApiAnswer.RefuseAsync(http, new(HubErrorCode.BadField, "the header Idempotency-Key must be there: a name of what is to be done, the same for every try"));
            return;
        }

        var read = to is null
            ? new(null, new(HubErrorCode.BadField, "part must be 1 to 128 of A-Z a-z 0-9 . _ : -"), null)
            : ApiBody.Read("req", body, ("to", to), ("key", key), ("corr", ApiHeader.Of(http, "X-Correlation-ID")), ("tp", ApiHeader.Of(http, "traceparent")));
        if (read.Message is not HubMessage.Request request)
        {
            await ApiAnswer.RefuseAsync(http, read.Error ?? new(HubErrorCode.TooLarge, "the body is too long"));
            return;
        }

        // Who does not wait is told by the webhook, if there is one.
        var (patience, isStream) = (Patience(http), ResultStreams.IsWanted(http.Request));
        request = request with { Notify = request.Notify ?? (patience is null && !isStream && ports.HasWebhook) };
        if (isStream)
        {
            await _streams.RequestAsync(http, caller, follower => new HubInput.Asked(follower, caller.Who, request));
            return;
        }

        var asker = new HttpAsker();
        await ports.Actor.PostAsync(new HubInput.Asked(asker, caller.Who, request), http.RequestAborted);
        if (await asker.Answered.WaitAsync(http.RequestAborted) is { } refused)
        {
            await ApiAnswer.RefuseAsync(http, refused);
            return;
        }

        if (patience is { } wait)
        {
            await WaitAsync(http, asker, wait);
        }

        await ApiAnswer.TellAsync(http, asker.Request!, null);
    }

    /// <summary>One that was asked: where it is, what becomes of it, or an end to it.</summary>
    public Task OneAsync(HttpContext http, string name, ApiCaller caller) =>
        http.Request.Method == HttpMethods.Delete ? FollowAsync(http, asker => new HubInput.CancelAsked(asker, caller.Who, new(name)), 202)
        : ResultStreams.IsWanted(http.Request) ? _streams.RequestAsync(http, caller, follower => new HubInput.Followed(follower, caller.Who, new(name)))
        : FollowAsync(http, asker => new HubInput.Sought(asker, caller.Who, new(name)), null);

    /// <summary>All that the token may ask in its branch; there is no list of them, only what becomes of them.</summary>
    public Task BranchAsync(HttpContext http, ApiCaller caller) => ResultStreams.IsWanted(http.Request)
        ? _streams.BranchAsync(http, caller)
        : ApiAnswer.RefuseAsync(http, 406, DoorCode.NotAcceptable, "this is a stream of events: ask with Accept: text/event-stream; one request is at /_hub/requests/REQUEST");

    /// <summary>For the end, or until the patience is over or this process ends: then it is told where it is by now.</summary>
    private async Task WaitAsync(HttpContext http, HttpAsker asker, TimeSpan patience)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, door.Draining);
        try
        {
            await asker.Ended.WaitAsync(patience, ports.Time, end.Token);
        }
        catch (TimeoutException)
        {
            // That is its answer.
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The same.
        }
        finally
        {
            await ports.Actor.PostAsync(new HubInput.Unfollowed(asker, () => asker.Request), CancellationToken.None);
        }
    }

    /// <summary>What becomes of it is told once: where it is.</summary>
    private async Task FollowAsync(HttpContext http, Func<IAsker, HubInput> input, int? status)
    {
        var asker = new HttpAsker();
        await ports.Actor.PostAsync(input(asker), http.RequestAborted);
        await (await asker.Answered.WaitAsync(http.RequestAborted) is { } refused ? ApiAnswer.RefuseAsync(http, refused) : ApiAnswer.TellAsync(http, asker.Request!, status));
    }

    /// <summary>From <c>Prefer: wait=N</c> (RFC 7240); null when nobody waits.</summary>
    private static TimeSpan? Patience(HttpContext http)
    {
        var preference = http.Request.Headers["Prefer"].OfType<string>().SelectMany(l => l.Split(',', StringSplitOptions.TrimEntries)).FirstOrDefault(p => p.StartsWith("wait=", StringComparison.OrdinalIgnoreCase));
        return preference is not null && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, MaxWaitSeconds))
            : null;
    }
}
