using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Traffic;

/// <summary>The snapshot in force. Requests read it; only the control loop replaces it.</summary>
internal sealed class TrafficState
{
    private RoutingState? _current;
    private volatile bool _closed;

    /// <summary>Null until the first snapshot, and so before anything is accepted.</summary>
    public RoutingState? Current => Volatile.Read(ref _current);

    /// <summary>The drain's patience is over: nothing is tried any more.</summary>
    public bool IsClosed => _closed;

    public void Publish(RoutingState next)
    {
        var before = Interlocked.Exchange(ref _current, next);
        before?.MarkSuperseded();
    }

    /// <summary>Wakes everybody who waits, for the last answer.</summary>
    public void Close()
    {
        _closed = true;
        Current?.MarkSuperseded();
    }
}
