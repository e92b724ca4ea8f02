namespace Mainstay.Edge.Drain;

/// <summary>How far this worker's end has come, which requests ask, and how many requests are in its hands.</summary>
internal sealed class WorkerDrain
{
    private volatile bool _begun;
    private volatile bool _cutting;
    private int _active;

    /// <summary>Every response is the last one on its connection.</summary>
    public bool HasBegun => _begun;

    /// <summary>The patience is over: what has no response yet gets 503 and is not tried again.</summary>
    public bool IsCutting => _cutting;

    /// <summary>Requests, among them those that became WebSockets.</summary>
    public int Active => Volatile.Read(ref _active);

    public void Begin() => _begun = true;

    public void Cut() => _cutting = true;

    public void Enter() => Interlocked.Increment(ref _active);

    public void Leave() => Interlocked.Decrement(ref _active);
}
