namespace Mainstay.Edge.Traffic;

/// <summary>Requests that wait for a newer snapshot, in order of arrival, bounded in count and time.</summary>
internal sealed class WaitingRoom(int capacity, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private long _releasedAt = long.MinValue;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits until a snapshot newer than <paramref name="seenVersion"/> releases the room.</summary>
    /// <remarks>The version closes the gap between a request reading the old snapshot and getting here: a release in that gap counts.</remarks>
    public async Task<WaitOutcome> WaitAsync(long seenVersion, TimeSpan max, CancellationToken cancellation)
    {
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_releasedAt > seenVersion)
            {
                return WaitOutcome.Released;
            }

            if (_waiting.Count >= capacity)
            {
                return WaitOutcome.Full;
            }

            node = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        try
        {
            await node.Value.Task.WaitAsync(max, time, cancellation);
            return WaitOutcome.Released;
        }
        catch (TimeoutException)
        {
            return WaitOutcome.TimedOut;
        }
        finally
        {
            lock (_lock)
            {
                if (node.List is not null)
                {
                    _waiting.Remove(node);
                }
            }
        }
    }

    /// <summary>Lets everybody go, first come first: called after snapshot <paramref name="version"/> was published.</summary>
    public void Release(long version)
    {
        lock (_lock)
        {
            _releasedAt = version;
            while (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                first.Value.TrySetResult();
            }
        }
    }
}

internal enum WaitOutcome
{
    Released,
    TimedOut,
    Full,
}
