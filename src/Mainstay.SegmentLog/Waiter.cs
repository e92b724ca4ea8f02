namespace Mainstay.SegmentLog;

/// <summary>An append that waits for room, with its own copy of the record.</summary>
internal sealed class Waiter(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
{
    private readonly TaskCompletionSource<Task<long>> _admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<byte> Key => key;

    public ReadOnlyMemory<byte> Headers => headers;

    public ReadOnlyMemory<byte> Payload => payload;

    public int Size => RecordFormat.SizeOf(key.Length, headers.Length, payload.Length);

    /// <summary>Whoever asked no longer wants it.</summary>
    public bool HasLeft => _admitted.Task.IsCompleted;

    /// <param name="stored">Completes when the record is on disk.</param>
    public void Admit(Task<long> stored) => _admitted.TrySetResult(stored);

    public async Task<long> StoredAsync(CancellationToken token)
    {
        await using var leaving = token.Register(() => _admitted.TrySetCanceled(token));
        return await await _admitted.Task;
    }
}
