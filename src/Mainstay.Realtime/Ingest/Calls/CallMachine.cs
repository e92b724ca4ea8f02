using System.Collections.Immutable;
using static Mainstay.Realtime.Ingest.Calls.CallEffect;
using static Mainstay.Realtime.Ingest.Calls.CallEvent;

namespace Mainstay.Realtime.Ingest.Calls;

/// <summary>The changed state, and what is to be done.</summary>
internal readonly record struct CallTransition(CallState State, ImmutableArray<CallEffect> Effects);

/// <summary>
/// One call of a carrier on one socket, as a table (docs/state-machines/ingest-call.md). A carrier cannot be paused, does not resume, and takes the end of the socket for the end of the call: so nothing ends it that is not the end of
/// the call, but silence, a start that it is not allowed, and the very last moment of this process.
/// </summary>
internal static class CallMachine
{
    private const int Normal = 1000;
    private const int Policy = 1008;
    private const int Restart = 1012;

    public static CallTransition Next(CallState state, CallEvent e, CallPolicy policy, TimeSpan now) => state.Phase switch
    {
        CallPhase.Opening => WhileOpening(state, e, policy, now),
        CallPhase.Streaming => WhileStreaming(state, e, policy, now),
        CallPhase.Stopping => WhileStopping(state, e, policy, now),
        CallPhase.Closed => Stay(state),
    };

    /// <summary>Whether time alone changes anything now.</summary>
    public static bool IsDue(CallState state, CallPolicy policy, TimeSpan now) => state.Phase switch
    {
        CallPhase.Opening => now - state.Since >= policy.StartWithin,
        CallPhase.Streaming => policy.IdleAfter is { } idle && now - state.LastMedia >= idle,
        CallPhase.Stopping => now - state.Since >= policy.StopWithin,
        CallPhase.Closed => false,
    };

    private static CallTransition WhileOpening(CallState state, CallEvent e, CallPolicy policy, TimeSpan now) => e switch
    {
        Began => To(state with { LastMedia = now }, CallPhase.Streaming, now, new Tell("started", "")),
        NotAllowed n => End(state, now, new Close(Policy, n.Because)),
        StopCame => End(state, now, new Close(Normal, "stopped")),
        Ticked when now - state.Since >= policy.StartWithin => End(state, now, new Close(Policy, "start_timeout")),
        EndAsked => End(state, now, new Close(Restart, "the process ends")),
        PeerLeft => End(state, now),

        // Nothing is counted of a call that has no name.
        _ => Stay(state),
    };

    private static CallTransition WhileStreaming(CallState state, CallEvent e, CallPolicy policy, TimeSpan now) => e switch
    {
        MediaCame => new(state with { Received = state.Received + 1, LastMedia = now }, [new Store(state.Received + 1)]),
        Signalled s => Stay(state, new Tell(s.Name, s.Value)),
        HoleCame h => Stay(state, new TellHole(h.From, h.To, state.Received)),
        FrameSettled f => Stay(Settle(state, f)),
        StopCame s => WhenAllIsSettled(state with { Phase = CallPhase.Stopping, Since = now, Reason = s.Reason }, now),
        NotAllowed n => End(state, now, new Tell("cut", n.Because), new Close(Policy, n.Because)),
        Ticked when policy.IdleAfter is { } idle && now - state.LastMedia >= idle => End(state, now, new Tell("cut", "no audio came for too long"), new Close(Normal, "idle")),
        EndAsked => End(state, now, new Tell("cut", "the process ends"), new Close(Restart, "the process ends")),
        PeerLeft => End(state, now, new Tell("cut", "the carrier left")),
        _ => Stay(state),
    };

    private static CallTransition WhileStopping(CallState state, CallEvent e, CallPolicy policy, TimeSpan now) => e switch
    {
        // The carrier's last messages come in any order.
        MediaCame => new(state with { Received = state.Received + 1 }, [new Store(state.Received + 1)]),
        Signalled s => Stay(state, new Tell(s.Name, s.Value)),
        HoleCame h => Stay(state, new TellHole(h.From, h.To, state.Received)),
        FrameSettled f => WhenAllIsSettled(Settle(state, f), now),
        PeerLeft => End(state, now, new Tell("stopped", state.Reason)),
        EndAsked => End(state, now, new Tell("stopped", state.Reason), new Close(Restart, "the process ends")),
        Ticked when now - state.Since >= policy.StopWithin => Stopped(state, now),
        _ => Stay(state),
    };

    private static CallState Settle(CallState state, FrameSettled frame) => state with { Settled = state.Settled + 1, Lost = state.Lost + (frame.IsLost ? 1 : 0) };

    private static CallTransition WhenAllIsSettled(CallState state, TimeSpan now) => state.Settled < state.Received ? new(state, []) : Stopped(state, now);

    private static CallTransition Stopped(CallState state, TimeSpan now) => End(state, now, new Tell("stopped", state.Reason), new Close(Normal, "stopped"));

    private static CallTransition To(CallState state, CallPhase phase, TimeSpan now, params ImmutableArray<CallEffect> effects) => new(state with { Phase = phase, Since = now }, effects);

    private static CallTransition End(CallState state, TimeSpan now, params ImmutableArray<CallEffect> effects) => To(state, CallPhase.Closed, now, effects);

    private static CallTransition Stay(CallState state, params ImmutableArray<CallEffect> effects) => new(state, effects);
}
