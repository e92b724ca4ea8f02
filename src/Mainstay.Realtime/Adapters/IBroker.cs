namespace Mainstay.Realtime.Adapters;

/// <summary>A server that keeps streams of records. It can be away; what then happens is decided by whoever connects.</summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>Its name as in <c>PUBSUB_ADAPTER</c>.</summary>
    string Name { get; }

    /// <summary>One try to reach it, of a second at most.</summary>
    /// <exception cref="BrokerDownException">It is not there, or not ready to store anything; the message says why, without a secret.</exception>
    Task<IBrokerSession> ConnectAsync(CancellationToken token);
}

/// <summary>
/// A time in which the broker is there. A session that has ended never comes back: whatever it had not confirmed by then has failed, all of it, and is sent again, in its order, in the
/// next session. So a record never overtakes an earlier one that waits to be sent again.
/// </summary>
public interface IBrokerSession : IAsyncDisposable
{
    /// <summary>Completes, without a fault, when the broker is known to be gone: at once when it closes, within two seconds when it falls silent, also when nothing is being sent.</summary>
    Task Ended { get; }

    /// <summary>Why it has ended; empty before.</summary>
    string Because { get; }

    /// <summary>One sentence for the log, e.g. that what the broker confirms does not survive its restart; empty when there is nothing to say.</summary>
    string Warning => "";

    /// <summary>Completes when the broker says that the record is stored. Records are stored in the order of the calls. What waits for an answer is bounded by the caller.</summary>
    /// <exception cref="BrokerDownException">The session has ended; whether the record is stored is not known.</exception>
    /// <exception cref="RecordRefusedException">The broker will never take this record, e.g. because it is too large; the session goes on.</exception>
    Task AppendAsync(StreamRecord record);
}

/// <summary>The broker is not there, or answers that it cannot store; a later session may find it well again.</summary>
public sealed class BrokerDownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The broker will not take this record, however often it is sent.</summary>
public sealed class RecordRefusedException(string message) : Exception(message);
