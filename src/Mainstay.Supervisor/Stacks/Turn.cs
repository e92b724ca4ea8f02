namespace Mainstay.Supervisor.Stacks;

/// <summary>One at a time, in the order of asking. Whoever no longer wants to wait is passed over.</summary>
/// <remarks>A semaphore would hand a turn that can be given up on through the thread pool, and the simulation has one thread.</remarks>
internal sealed class Turn
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _isTaken;

    /// <summary>Completes when it is one's turn; <see cref="Pass"/> ends it.</summary>
    public async Task TakeAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        TaskCompletionSource mine;
        lock (_gate)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return;
            }

            mine = new();
            _waiting.Enqueue(mine);
        }

        await using var given = token.Register(() => mine.TrySetCanceled(token));
        await mine.Task;
    }

    public void Pass()
    {
        while (true)
        {
            TaskCompletionSource next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next!))
                {
                    _isTaken = false;
                    return;
                }
            }

            if (next.TrySetResult())
            {
                return;
            }
        }
    }
}
