namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>An answer that the server owes. It keeps nothing of the record: its bytes are in the buffer of what is sent.</summary>
/// <param name="topic">The stream of an append; null for a PING.</param>
/// <param name="endsAt">Where its last byte stands among all bytes of the session.</param>
internal sealed class PendingReply(string? topic, long endsAt) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string? Topic { get; } = topic;

    public long EndsAt { get; } = endsAt;

    /// <summary>The session has ended; nobody waits for a PING.</summary>
    public void Fail(string because)
    {
        if (Topic is not null)
        {
            TrySetException(new BrokerDownException(because));
        }
    }
}
