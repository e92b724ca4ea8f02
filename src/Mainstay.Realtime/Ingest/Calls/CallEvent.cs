namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>What happens to a call.</summary>
internal abstract record CallEvent
{
    /// <summary>The carrier said which call it is, or its first audio did.</summary>
    public sealed record Began : CallEvent;

    /// <summary>What it said is not what it was admitted for.</summary>
    public sealed record NotAllowed(string Because) : CallEvent;

    public sealed record MediaCame : CallEvent;

    /// <summary>A key was pressed, or the carrier has played up to a mark.</summary>
    /// <param name="Name"><c>dtmf</c> or <c>mark</c>.</param>
    public sealed record Signalled(string Name, string Value) : CallEvent;

    /// <summary>By the carrier's count, messages are missing.</summary>
    public sealed record HoleCame(long From, long To) : CallEvent;

    /// <summary>One frame is stored, or will never be.</summary>
    public sealed record FrameSettled(bool IsLost) : CallEvent;

    public sealed record StopCame(string Reason) : CallEvent;

    /// <summary>This process ends and cannot wait for the call any more.</summary>
    public sealed record EndAsked : CallEvent;

    public sealed record PeerLeft : CallEvent;

    /// <summary>Time has passed; comes every 50 ms or so.</summary>
    public sealed record Ticked : CallEvent
    {
        public static readonly Ticked Now = new();
    }
}
