using Mainstay.Realtime.Adapters;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>A record on its way through the outbox.</summary>
internal sealed class OutboxEntry(StreamRecord record, StoreTimes times)
{
    private const int Overhead = 256;

    private readonly TaskCompletionSource<StoredAt> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly long _began = times.Begin();

    public StreamRecord Record => record;

    public int Bytes => record.Body.Length + Overhead;

    public Task<StoredAt> Stored => _stored.Task;

    /// <summary>There is an answer; nothing more is to be done about it.</summary>
    public bool IsSettled => _stored.Task.IsCompleted;

    public void Settle(StoredAt at)
    {
        if (_stored.TrySetResult(at))
        {
            times.Ended(_began);
        }
    }

    /// <summary>The process ends; nobody knows what becomes of it.</summary>
    public void Abandon() => _stored.TrySetCanceled();

    public void Fail(Exception why)
    {
        _stored.TrySetException(why);

        // Whoever gave the record may have gone; then nobody looks.
        _ = _stored.Task.Exception;
    }
}
