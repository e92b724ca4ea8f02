using Mainstay.Contracts.EdgeControl;

namespace Mainstay.Edge.Traffic;

/// <summary>What still runs on instances that get nothing new, and what of that the daemon has been told.</summary>
internal sealed class LeavingInstances
{
    private readonly Lock _lock = new();
    private readonly Dictionary<InstanceKey, Leaving> _leaving = [];

    /// <summary>Called, from any thread, when there may be something to tell.</summary>
    public Action? Changed { get; set; }

    /// <param name="removed">It is in no snapshot any more: forgotten once it is idle and the daemon knows.</param>
    public void Add(InstanceTraffic instance, bool removed)
    {
        lock (_lock)
        {
            var known = _leaving.GetValueOrDefault(instance.Key);
            _leaving[instance.Key] = known is null ? new(instance, removed, null) : known with { Removed = removed };
        }

        instance.LeftWhileDraining = Changed;
        Changed?.Invoke();
    }

    public InstanceTraffic? Find(InstanceKey key)
    {
        lock (_lock)
        {
            return _leaving.GetValueOrDefault(key)?.Instance;
        }
    }

    /// <summary>These serve again.</summary>
    public void Forget(IEnumerable<InstanceTraffic> serving)
    {
        lock (_lock)
        {
            foreach (var instance in serving)
            {
                _leaving.Remove(instance.Key);
            }
        }
    }

    /// <summary>A new daemon knows nothing of what was told to the last one.</summary>
    public void TellAgain()
    {
        lock (_lock)
        {
            foreach (var (key, entry) in _leaving)
            {
                _leaving[key] = entry with { Told = null };
            }
        }

        Changed?.Invoke();
    }

    /// <summary>What has changed since the last call; an instance that is gone and idle is reported as zero and forgotten.</summary>
    public List<EdgeInFlight> News()
    {
        var news = new List<EdgeInFlight>();
        lock (_lock)
        {
            foreach (var (key, entry) in _leaving)
            {
                var now = new EdgeInFlight(key.Id, entry.Instance.Requests, entry.Instance.WebSockets);
                if (now != entry.Told)
                {
                    news.Add(now);
                    _leaving[key] = entry with { Told = now };
                }

                if (entry.Removed && now is { Requests: 0, WebSockets: 0 })
                {
                    _leaving.Remove(key);
                }
            }
        }

        return news;
    }

    public InstanceTraffic[] Instances()
    {
        lock (_lock)
        {
            return [.. _leaving.Values.Select(l => l.Instance)];
        }
    }

    private sealed record Leaving(InstanceTraffic Instance, bool Removed, EdgeInFlight? Told);
}
