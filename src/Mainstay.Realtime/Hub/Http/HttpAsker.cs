using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Service;

namespace Mainstay.Realtime.Hub.Http;

/// <summary>Somebody who waits for a request over HTTP. What comes after its answer is not told to anybody.</summary>
internal sealed class HttpAsker : IAsker
{
    private readonly TaskCompletionSource<HubError?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RequestRecord? _request;

    public IHubClient? Client => null;

    /// <summary>Where it is, as last told.</summary>
    public RequestRecord? Request => _request;

    /// <summary>Completes when it was taken (null) or refused.</summary>
    public Task<HubError?> Answered => _answered.Task;

    public Task Ended => _ended.Task;

    public void Told(RequestRecord request)
    {
        _request = request;
        _answered.TrySetResult(null);
        if (request.Phase.HasEnded())
        {
            _ended.TrySetResult();
        }
    }

    public void Refused(HubError error) => _answered.TrySetResult(error);
}
