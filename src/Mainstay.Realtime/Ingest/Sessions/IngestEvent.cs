namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>What happens to a session.</summary>
public abstract record IngestEvent
{
    /// <summary>A well-formed start, which the client is allowed.</summary>
    /// <param name="NextSeq">The number that the first frame gets.</param>
    /// <param name="BytesPerSecond">Of its audio.</param>
    /// <param name="AcksReceipt">It wants to hear of the receipt, not of the storing.</param>
    public sealed record Started(long NextSeq, int BytesPerSecond, bool AcksReceipt) : IngestEvent;

    /// <summary>A start that is not well-formed or not allowed, or something else that ends the session.</summary>
    public sealed record Broke(int Status, string Code, string Message) : IngestEvent;

    public sealed record FrameCame(int Bytes) : IngestEvent;

    /// <summary>Every frame up to this one is stored or has been told of as lost.</summary>
    /// <param name="LastSpooled">The last of them that is in the spool; 0 when all are at the broker.</param>
    public sealed record StoredUpTo(long Seq, long LastSpooled) : IngestEvent;

    /// <summary>A frame was given up.</summary>
    public sealed record FrameLost(long Seq, string Reason) : IngestEvent;

    public sealed record StopAsked : IngestEvent;

    /// <summary>This process ends.</summary>
    /// <param name="RetryAfter">When this client should come back.</param>
    public sealed record DrainAsked(TimeSpan RetryAfter) : IngestEvent;

    /// <summary>Another connection goes on with the session.</summary>
    public sealed record Replaced : IngestEvent;

    public sealed record PeerLeft : IngestEvent;

    /// <summary>Time has passed; comes every 50 ms or so.</summary>
    public sealed record Ticked : IngestEvent
    {
        public static readonly Ticked Now = new();
    }
}
