using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Traffic;

/// <summary>The snapshot in force. Requests read it; only the control loop replaces it.</summary>
internal sealed class TrafficState(EdgeLimits limits, TimeProvider time)
{
    private readonly WaitingRoom _beforeFirst = new(limits.HeldForFirstSnapshot, time);
    private RoutingState? _current;

    public RoutingState? Current => Volatile.Read(ref _current);

    /// <summary>Waits for the worker's first snapshot; null when it does not come in time or too many wait already.</summary>
    public async Task<RoutingState?> FirstAsync(TimeSpan max, CancellationToken cancellation)
    {
        await _beforeFirst.WaitAsync(0, max, cancellation);
        return Current;
    }

    public void Publish(RoutingState next)
    {
        var before = Interlocked.Exchange(ref _current, next);
        before?.MarkSuperseded();
        if (before is null)
        {
            _beforeFirst.Release(1);
        }
    }
}
