namespace Mainstay.Harness.Load;

/// <summary>How a request was lost, as its sender saw it.</summary>
public enum FailureKind
{
    /// <summary>No connection: nobody listened, or the queue was full.</summary>
    Refused,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>The connection was closed after the request was sent and before the answer began.</summary>
    Unanswered,

    /// <summary>The answer began and was cut off.</summary>
    Cut,

    TimedOut,

    /// <summary>An answer, but not the wanted one, such as 502.</summary>
    BadStatus,

    /// <summary>Bytes that are not HTTP.</summary>
    Garbled,
}

/// <summary>A request that got no good answer.</summary>
public sealed class RequestLostException(FailureKind kind, string detail, Exception? inner = null) : Exception($"{kind}: {detail}", inner)
{
    public FailureKind Kind => kind;
}
