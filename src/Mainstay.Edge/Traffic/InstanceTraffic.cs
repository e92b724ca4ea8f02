using Mainstay.Edge.Counting;
using Mainstay.Edge.Forwarding.Upstream;

namespace Mainstay.Edge.Traffic;

/// <summary>What is in flight on one instance, across snapshots. All counters are lock-free.</summary>
internal sealed class InstanceTraffic(InstanceKey key, UpstreamPool pool, InstanceCounters counters)
{
    private int _requests;
    private int _webSockets;
    private int _draining;
    private long _refusedAt = long.MinValue;

    public InstanceKey Key { get; } = key;

    public string Id => Key.Id;

    public UpstreamPool Pool { get; } = pool;

    public InstanceCounters Counters { get; } = counters;

    public int Requests => Volatile.Read(ref _requests);

    public int WebSockets => Volatile.Read(ref _webSockets);

    public bool IsDraining => Volatile.Read(ref _draining) != 0;

    /// <summary>When draining began, in timestamps of the worker's clock; meaningless otherwise.</summary>
    public long DrainingSince { get; private set; }

    /// <summary>It closes its WebSockets itself when it leaves; nobody does it for it.</summary>
    public bool EndsItsSockets { get; set; }

    /// <summary>Its WebSockets are calls: they outlive the others when the worker is replaced.</summary>
    public bool HasCalls { get; set; }

    /// <summary>Told of every end of a request or WebSocket while draining.</summary>
    public Action? LeftWhileDraining { get; set; }

    /// <summary>Counts a request in, or refuses because draining has begun since the caller read the routing table.</summary>
    /// <remarks>Count first, look second; the drain marks first and counts second. So the daemon never hears of zero while one slips in.</remarks>
    public bool TryEnterRequest()
    {
        Interlocked.Increment(ref _requests);
        if (Volatile.Read(ref _draining) != 0)
        {
            LeaveRequest();
            return false;
        }

        return true;
    }

    public void LeaveRequest()
    {
        Interlocked.Decrement(ref _requests);
        if (Volatile.Read(ref _draining) != 0)
        {
            LeftWhileDraining?.Invoke();
        }
    }

    /// <summary>A request became a WebSocket; it counts as one from now on.</summary>
    public void EnterWebSocket()
    {
        Interlocked.Increment(ref _webSockets);
        LeaveRequest();
    }

    public void LeaveWebSocket()
    {
        Interlocked.Decrement(ref _webSockets);
        if (Volatile.Read(ref _draining) != 0)
        {
            LeftWhileDraining?.Invoke();
        }
    }

    public void Refused(long now) => Volatile.Write(ref _refusedAt, now);

    public bool IsSuspect(long now, long suspicionTicks)
    {
        var at = Volatile.Read(ref _refusedAt);
        return at != long.MinValue && now - at < suspicionTicks;
    }

    /// <summary>From now on nobody enters, and idle connections are closed so that the service's own graceful stop can finish.</summary>
    public void BeginDrain(long now)
    {
        if (IsDraining)
        {
            return;
        }

        DrainingSince = now;
        Interlocked.Exchange(ref _draining, 1);
        Pool.Close();
    }

    /// <summary>The daemon changed its mind: the instance serves again.</summary>
    public void EndDrain()
    {
        Pool.Open();
        Interlocked.Exchange(ref _draining, 0);
    }
}
