namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>What is to be done, in order.</summary>
internal abstract record CallEffect
{
    /// <summary>The frame that has just come is stored under this number.</summary>
    public sealed record Store(long Seq) : CallEffect;

    /// <summary>A record among the events: <c>started</c>, <c>stopped</c>, <c>cut</c>, <c>dtmf</c>, <c>mark</c>.</summary>
    /// <param name="Value">The reason, the digit, the mark's name; empty when there is none.</param>
    public sealed record Tell(string Event, string Value) : CallEffect;

    /// <summary>A gap among the events, by the carrier's count.</summary>
    public sealed record TellHole(long From, long To, long After) : CallEffect;

    public sealed record Close(int Status, string Reason) : CallEffect;
}
