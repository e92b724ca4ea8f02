namespace Mainstay.Edge.Drain;

/// <summary>Whether this worker is being replaced, which every response asks, and how many requests are in its hands.</summary>
internal sealed class WorkerDrain
{
    private volatile bool _begun;
    private int _active;

    /// <summary>Every response is the last one on its connection.</summary>
    public bool HasBegun => _begun;

    /// <summary>Requests, among them those that became WebSockets.</summary>
    public int Active => Volatile.Read(ref _active);

    public void Begin() => _begun = true;

    public void Enter() => Interlocked.Increment(ref _active);

    public void Leave() => Interlocked.Decrement(ref _active);
}
