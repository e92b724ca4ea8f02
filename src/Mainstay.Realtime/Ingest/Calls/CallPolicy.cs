namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>The rules of a call of a carrier.</summary>
internal sealed record CallPolicy
{
    /// <summary>How long a carrier may take to say which call it is.</summary>
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Without audio for so long, the call is over; null: only the carrier says when.</summary>
    public TimeSpan? IdleAfter { get; init; }

    /// <summary>How long the last frames may take to be stored after the carrier's stop.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(5);
}
