using Mainstay.Realtime.Ingest.Outbox;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>What is to be done, in order.</summary>
public abstract record IngestEffect
{
    public sealed record SayStarted(long NextSeq) : IngestEffect;

    /// <summary>The frame that has just come is stored under this number.</summary>
    public sealed record Store(long Seq) : IngestEffect;

    /// <param name="At">Null: it was received, and nothing more is said.</param>
    public sealed record Ack(long Seq, StoredAt? At) : IngestEffect;

    public sealed record SayLost(long Seq, string Reason) : IngestEffect;

    public sealed record SayStopped(long Frames, long Lost) : IngestEffect;

    public sealed record SayDrain(TimeSpan RetryAfter) : IngestEffect;

    public sealed record SayError(string Code, string Message) : IngestEffect;

    /// <summary>Read nothing more until <see cref="ResumeReading"/>.</summary>
    public sealed record PauseReading : IngestEffect;

    public sealed record ResumeReading : IngestEffect;

    /// <summary>A record among the events: <c>started</c>, <c>stopped</c>, <c>cut</c>.</summary>
    public sealed record Tell(string Event) : IngestEffect;

    public sealed record Close(int Status, string Reason) : IngestEffect;
}
