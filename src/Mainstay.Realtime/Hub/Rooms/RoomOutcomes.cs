using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Rooms;

internal enum PublishVerdict
{
    /// <summary>A new event: stored first, then delivered, then the publisher is told.</summary>
    Published,

    /// <summary>The key is known: the publisher is told the first one's offset, and nobody anything.</summary>
    Known,

    /// <summary>The key stands for other data.</summary>
    KeyConflict,

    /// <summary>Too many keys are kept; temporary.</summary>
    KeysFull,
}

/// <param name="Verdict">What becomes of it.</param>
/// <param name="Offset">The event's; 0 when it was refused.</param>
/// <param name="Event">The new one, or null.</param>
internal sealed record PublishOutcome(PublishVerdict Verdict, long Offset, RoomEvent? Event);

/// <summary>What somebody gets who comes to a room.</summary>
/// <param name="Recovered">Every event behind what was asked for is in <paramref name="Missed"/>; otherwise there is none.</param>
/// <param name="Position">Where the room is: what comes next has the offset behind it.</param>
/// <param name="Missed">In order.</param>
internal sealed record RoomResume(bool Recovered, RoomPosition Position, ImmutableArray<RoomEvent> Missed);
