using System.Security.Cryptography;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Service;

namespace Mainstay.Realtime.Hub.Streams;

/// <summary>Somebody who reads what becomes of one request, to its end. An event's id is made from what it says: the same after a restart, and never that of something else.</summary>
/// <param name="seen">The id of the event that the reader had last; null: none.</param>
internal sealed class RequestFollower(StreamQueue queue, string? seen) : IAsker
{
    private readonly TaskCompletionSource<HubError?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _seen = seen;

    public IHubClient? Client => null;

    /// <summary>Set before it is answered.</summary>
    public RequestRecord? Request { get; private set; }

    /// <summary>It had ended, and the reader knew that.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Completes when the request is known (null) or refused.</summary>
    public Task<HubError?> Answered => _answered.Task;

    public void Told(RequestRecord request)
    {
        var json = MessageWriter.Update(request.Id.Value, request);
        var id = Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 8));
        if (id != _seen)
        {
            queue.Add(StreamEvent.Of(id, json, isLast: request.Phase.HasEnded()));
        }
        else if (request.Phase.HasEnded())
        {
            IsOver = true;
        }

        _seen = id;
        Request ??= request;
        _answered.TrySetResult(null);
    }

    public void Refused(HubError error) => _answered.TrySetResult(error);

    /// <summary>So many wait for this request that this one is not told of what follows; it may come back.</summary>
    public void LeftOut() => queue.Add(StreamEvent.Drain(TimeSpan.FromSeconds(5), "too many wait for this request"));
}
