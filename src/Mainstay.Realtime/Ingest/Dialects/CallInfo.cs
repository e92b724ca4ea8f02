namespace Mainstay.Realtime.Ingest.Dialects;

/// <summary>What is known of a call from its start, or from the first message that named it.</summary>
/// <param name="Stream">Names the socket.</param>
/// <param name="Call">Names the call; two sockets can have the same.</param>
/// <param name="Account">Empty when it was not said.</param>
/// <param name="IsAssumed">The carrier did not say what its audio is; it is what such a carrier sends if it says nothing.</param>
internal sealed record CallInfo(string Stream, string Call, string Account, string From, string To, string Encoding, int SampleRate, bool IsAssumed);
