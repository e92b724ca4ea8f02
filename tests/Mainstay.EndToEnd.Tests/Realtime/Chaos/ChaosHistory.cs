using System.Collections.Immutable;

namespace Mainstay.EndToEnd.Tests.Realtime.Chaos;

/// <summary>What was said to whom and what lies where after a storm: all that is judged.</summary>
internal sealed record ChaosHistory(
    ImmutableArray<CallSeen> Calls,
    ImmutableArray<FrameSeen> Stream,
    ImmutableArray<GapSeen> Gaps,
    ImmutableArray<RequestSeen> Requests,
    ImmutableArray<Execution> Paper,
    RoomSeen Room,
    ImmutableArray<string> Faults);

/// <summary>A caller's side: how many frames it sent, and how many were acknowledged to it.</summary>
internal sealed record CallSeen(string Interaction, string Session, long Sent, long Acked);

/// <summary>A frame in the stream, which is in the stream's order.</summary>
/// <param name="IsAsSent">It has the bytes that the caller sent under this number.</param>
internal sealed record FrameSeen(string Interaction, string Session, long Seq, bool IsAsSent);

/// <summary>A loss that was told.</summary>
internal sealed record GapSeen(string Interaction, long From, long To);

/// <summary>A backend's side: what it got each time it asked for this key. Those of one target are in the order in which they were first asked.</summary>
internal sealed record RequestSeen(string Target, string Key, string Text, ImmutableArray<AnswerSeen> Answers);

/// <param name="Status">0 when there was no answer, so that nobody knows what became of the question.</param>
/// <param name="Data">The result as JSON; empty when there is none.</param>
/// <param name="Round">Those of one round were asked at the same time, a later round after all answers of the one before.</param>
internal sealed record AnswerSeen(int Status, string Request, string State, string Data, int Round = 0)
{
    public bool IsTaken => Status is >= 200 and < 300;
}

/// <summary>A line on a device's paper: this was done.</summary>
internal sealed record Execution(string Target, string Key, string Text);

/// <summary>What was published, with the answer that the publisher got, and what a subscriber heard that resumed whenever it was cut off.</summary>
internal sealed record RoomSeen(ImmutableArray<PublishedSeen> Published, ImmutableArray<EventSeen> Heard);

internal sealed record PublishedSeen(string Data, string Epoch, long Offset);

internal sealed record EventSeen(string Data, string Epoch, long Offset);
