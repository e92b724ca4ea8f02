using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>Who is to be told of what becomes of which request.</summary>
/// <param name="max">For one request: whoever asks again and again is told each time, and of what follows only so often.</param>
internal sealed class AskerBook(int max)
{
    private readonly Dictionary<RequestId, HashSet<IAsker>> _askers = [];

    /// <returns>False: too many wait for it.</returns>
    public bool Attach(RequestId id, IAsker asker)
    {
        if (!_askers.TryGetValue(id, out var askers))
        {
            _askers[id] = askers = [];
        }

        if (askers.Count < max)
        {
            askers.Add(asker);
        }

        return askers.Contains(asker);
    }

    /// <summary>Where it is; and what follows, if anything can.</summary>
    public void Tell(RequestRecord request, IAsker asker)
    {
        var mayFollow = !request.Phase.HasEnded() || request.Phase is RequestPhase.Unknown;
        var isLeftOut = mayFollow && !Attach(request.Id, asker);
        asker.Told(request);
        if (isLeftOut)
        {
            asker.LeftOut();
        }
    }

    /// <summary>Everybody who waits for it.</summary>
    public void Tell(RequestRecord request)
    {
        foreach (var asker in _askers.GetValueOrDefault(request.Id) ?? [])
        {
            asker.Told(request);
        }

        // An unknown one may be told of once more, when the device can be asked.
        if (request.Phase.HasEnded() && request.Phase is not RequestPhase.Unknown)
        {
            _askers.Remove(request.Id);
        }
    }

    public void Forget(RequestId id) => _askers.Remove(id);

    /// <summary>This one waits no more.</summary>
    public void Forget(RequestId id, IAsker asker)
    {
        if (_askers.TryGetValue(id, out var askers) && askers.Remove(asker) && askers.Count == 0)
        {
            _askers.Remove(id);
        }
    }

    /// <summary>Nobody is at this connection any more who could be told.</summary>
    public void Forget(IHubClient client)
    {
        foreach (var (id, askers) in _askers.Where(a => a.Value.Any(k => k.Client == client)).ToArray())
        {
            askers.RemoveWhere(a => a.Client == client);
            if (askers.Count == 0)
            {
                _askers.Remove(id);
            }
        }
    }
}
