namespace Mainstay.SegmentLog;

/// <summary>An append that waits for room, with its own copy of the records.</summary>
internal sealed class Waiter(LogEntry[] entries, int size)
{
    private readonly TaskCompletionSource<Task<long>> _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<LogEntry> Entries => entries;

    public int Size => size;

    /// <summary>Whoever asked no longer wants it.</summary>
    public bool HasLeft => _admitted.Task.IsCompleted;

    /// <param name="stored">Completes when the records are on disk.</param>
    public void Admit(Task<long> stored) => _admitted.TrySetResult(stored);

    public async Task<long> StoredAsync(CancellationToken token)
    {
        await using var leaving = token.Register(() => _admitted.TrySetCanceled(token));
        return await await _admitted.Task;
    }
}
