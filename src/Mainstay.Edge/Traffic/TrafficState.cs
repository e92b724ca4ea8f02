using Mainstay.Edge.Routing;

namespace Mainstay.Edge.Traffic;

/// <summary>The snapshot in force. Requests read it; only the control loop replaces it.</summary>
internal sealed class TrafficState(EdgeLimits limits, TimeProvider time)
{
    private readonly WaitingRoom _beforeFirst = new(limits.HeldForFirstSnapshot, time);
    private RoutingState? _current;
    private volatile bool _closed;

    public RoutingState? Current => Volatile.Read(ref _current);

    /// <summary>The drain's patience is over: nothing is tried any more.</summary>
    public bool IsClosed => _closed;

    /// <summary>Waits for the worker's first snapshot; null when it does not come in time or too many wait already.</summary>
    public async Task<RoutingState?> FirstAsync(CancellationToken cancellation)
    {
        try
        {
            await _beforeFirst.WaitAsync(0, limits.FirstSnapshot, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The client is gone, and with it the question.
        }

        return Current;
    }

    public void Publish(RoutingState next)
    {
        var before = Interlocked.Exchange(ref _current, next);
        before?.MarkSuperseded();
        _beforeFirst.Release(1);
    }

    /// <summary>Wakes everybody who waits, for the last answer.</summary>
    public void Close()
    {
        _closed = true;
        Current?.MarkSuperseded();
        _beforeFirst.Release(1);
    }
}
