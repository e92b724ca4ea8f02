using System.Collections.Immutable;
using static Mainstay.Realtime.Ingest.Sessions.IngestEffect;
using static Mainstay.Realtime.Ingest.Sessions.IngestEvent;

namespace Mainstay.Realtime.Ingest.Sessions;

/// <summary>The changed state, and what is to be done.</summary>
public readonly record struct IngestTransition(IngestState State, ImmutableArray<IngestEffect> Effects);

/// <summary>
/// One client's session on one connection, as a table (docs/state-machines/ingest-session.md). The promise: an ack says that every frame up to its number is stored, and the last frames of a
/// session are acknowledged before it ends.
/// </summary>
public static class IngestMachine
{
    private const int Normal = 1000;
    private const int Policy = 1008;
    private const int Restart = 1012;
    private const int TryLater = 1013;
    private const int Timeout = 3008;
    private const int Superseded = 4001;

    public static IngestTransition Next(IngestState state, IngestEvent e, IngestPolicy policy, TimeSpan now) => state.Phase switch
    {
        IngestPhase.Opening => WhileOpening(state, e, policy, now),
        IngestPhase.Streaming => WhileStreaming(state, e, policy, now),
        IngestPhase.Stopping => WhileStopping(state, e, policy, now),
        IngestPhase.Draining => WhileDraining(state, e, policy, now),
        IngestPhase.Closed => Stay(state),
    };

    /// <summary>Whether time alone changes anything now: thousands of sessions that rest cost a look each, and nothing more.</summary>
    public static bool IsDue(IngestState state, IngestPolicy policy, TimeSpan now) => state.Phase switch
    {
        IngestPhase.Opening => now - state.Since >= policy.StartWithin,
        IngestPhase.Streaming => (state.UnackedSince is { } since && now - since >= policy.AckAfter) || (policy.IdleAfter is { } idle && now - state.LastFrame >= idle),
        IngestPhase.Stopping or IngestPhase.Draining => true,
        IngestPhase.Closed => false,
    };

    /// <summary>Whether a moment matters: an ack is due soon, or an end. For all others a second is soon enough.</summary>
    public static bool IsHurried(IngestState state) => state.Phase switch
    {
        IngestPhase.Streaming => state.UnackedSince is not null,
        IngestPhase.Stopping or IngestPhase.Draining => true,
        IngestPhase.Opening or IngestPhase.Closed => false,
    };

    private static IngestTransition WhileOpening(IngestState state, IngestEvent e, IngestPolicy policy, TimeSpan now) => e switch
    {
        Started s => To(
            state with { BytesPerSecond = s.BytesPerSecond, AcksReceipt = s.AcksReceipt, First = s.NextSeq, Received = s.NextSeq - 1, Stored = s.NextSeq - 1, Acked = s.NextSeq - 1, LastFrame = now },
            IngestPhase.Streaming, now, new SayStarted(s.NextSeq), new Tell("started")),
        FrameCame => Break(state, new(Policy, "bad_start", "audio came before the start"), now),
        Broke b => Break(state, b, now),
        StopAsked => Break(state, new(Policy, "bad_start", "a stop came before the start"), now),
        Ticked when now - state.Since >= policy.StartWithin => Break(state, new(Timeout, "start_timeout", "no start came in time"), now),
        DrainAsked d => End(state, now, new SayDrain(d.RetryAfter), Leave(d.RetryAfter)),
        Replaced or PeerLeft => End(state, now),
        _ => Stay(state),
    };

    private static IngestTransition WhileStreaming(IngestState state, IngestEvent e, IngestPolicy policy, TimeSpan now) => e switch
    {
        FrameCame f => Frame(state, f, policy, now),
        StoredUpTo s => Stored(state, s, policy, now),
        FrameLost l => Stay(state with { Lost = state.Lost + 1 }, new SayLost(l.Seq, l.Reason)),
        StopAsked => WhenAllIsStored(state with { Phase = IngestPhase.Stopping, Since = now }, now),
        DrainAsked d => WhenAllIsStored(state with { Phase = IngestPhase.Draining, Since = now, RetryAfter = d.RetryAfter, IsPaused = true }, now, new PauseReading()),
        Started => Break(state, new(Policy, "bad_start", "there was a start already"), now),
        Broke b => Break(state, b, now),
        Replaced => End(state, now, [.. LastAck(state), new Close(Superseded, "the session goes on elsewhere")]),
        PeerLeft => End(state, now, new Tell("cut")),
        Ticked when policy.IdleAfter is { } idle && !state.IsPaused && now - state.LastFrame >= idle => Break(state, new(Timeout, "idle", "nothing came for too long"), now),
        Ticked when state.UnackedSince is { } since && now - since >= policy.AckAfter => Acknowledge(state),
        _ => Stay(state),
    };

    private static IngestTransition WhileStopping(IngestState state, IngestEvent e, IngestPolicy policy, TimeSpan now) => e switch
    {
        StoredUpTo s => WhenAllIsStored(Raised(state, s, now), now),
        FrameLost l => Stay(state with { Lost = state.Lost + 1 }, new SayLost(l.Seq, l.Reason)),
        FrameCame => Break(state, new(Policy, "after_stop", "audio came after the stop"), now),
        Started => Break(state, new(Policy, "bad_start", "there was a start already"), now),
        Broke b => Break(state, b, now),
        Replaced => End(state, now, [.. LastAck(state), new Close(Superseded, "the session goes on elsewhere")]),
        PeerLeft => End(state, now, new Tell("stopped")),
        DrainAsked d => WhenAllIsStored(state with { Phase = IngestPhase.Draining, Since = now, RetryAfter = d.RetryAfter }, now),
        Ticked when now - state.Since >= policy.StopWithin => End(state, now, [.. LastAck(state), new SayError("not_stored", "the last frames could not be stored"), new Tell("cut"), new Close(TryLater, "not_stored")]),
        Ticked when state.UnackedSince is { } since && now - since >= policy.AckAfter => Acknowledge(state),
        _ => Stay(state),
    };

    private static IngestTransition WhileDraining(IngestState state, IngestEvent e, IngestPolicy policy, TimeSpan now) => e switch
    {
        StoredUpTo s => WhenAllIsStored(Raised(state, s, now), now),
        FrameLost l => Stay(state with { Lost = state.Lost + 1 }, new SayLost(l.Seq, l.Reason)),

        // What is read although reading was to pause is not numbered: the client sends it again, elsewhere.
        FrameCame or StopAsked => Stay(state),
        Started => Stay(state),
        Broke b => Break(state, b, now),
        Replaced or PeerLeft => End(state, now, new Tell("cut")),
        Ticked when now - state.Since >= policy.DrainWithin => Drained(state, now),
        _ => Stay(state),
    };

    private static IngestTransition Frame(IngestState state, FrameCame frame, IngestPolicy policy, TimeSpan now)
    {
        var seq = state.Received + 1;
        var next = state with { Received = seq, FrameBytes = frame.Bytes, LastFrame = now };
        var effects = ImmutableArray.CreateBuilder<IngestEffect>(2);
        effects.Add(new Store(seq));
        if (state.AcksReceipt && seq - state.Acked >= policy.AckInterval)
        {
            next = next with { Acked = seq };
            effects.Add(new Ack(seq, null));
        }

        if (!next.IsPaused && Unstored(next) > policy.Window)
        {
            next = next with { IsPaused = true };
            effects.Add(new PauseReading());
        }

        return new(next, effects.ToImmutable());
    }

    private static IngestTransition Stored(IngestState state, StoredUpTo stored, IngestPolicy policy, TimeSpan now)
    {
        var next = Raised(state, stored, now);
        var effects = ImmutableArray.CreateBuilder<IngestEffect>(2);
        if (!next.AcksReceipt && next.Stored - next.Acked >= policy.AckInterval)
        {
            // As the clients know it: at the interval's multiples, and what lies behind waits for the next or for the time.
            var due = next.Stored - ((next.Stored - (next.First - 1)) % policy.AckInterval);
            effects.Add(new Ack(due, next.Level));
            next = next with { Acked = due, UnackedSince = due < next.Stored ? now : null };
        }

        if (next.IsPaused && Unstored(next) <= policy.Window / 2)
        {
            next = next with { IsPaused = false };
            effects.Add(new ResumeReading());
        }

        return new(next, effects.ToImmutable());
    }

    private static IngestState Raised(IngestState state, StoredUpTo stored, TimeSpan now) => stored.Seq <= state.Stored ? state : state with
    {
        Stored = stored.Seq,
        LastSpooled = stored.LastSpooled,
        UnackedSince = state.AcksReceipt ? null : state.UnackedSince ?? now,
    };

    private static IngestTransition Acknowledge(IngestState state) =>
        new(state with { Acked = state.Stored, UnackedSince = null }, LastAck(state));

    /// <summary>Stopping and draining end when everything that came is stored.</summary>
    private static IngestTransition WhenAllIsStored(IngestState state, TimeSpan now, params ReadOnlySpan<IngestEffect> first)
    {
        if (state.Stored < state.Received)
        {
            return new(state, [.. first]);
        }

        var end = state.Phase is IngestPhase.Draining ? Drained(state, now) : Stopped(state, now);
        return end with { Effects = [.. first, .. end.Effects] };
    }

    private static IngestTransition Stopped(IngestState state, TimeSpan now) =>
        End(state, now, [.. LastAck(state), new SayStopped(state.Received, state.Lost), new Tell("stopped"), new Close(Normal, "stopped")]);

    private static IngestTransition Drained(IngestState state, TimeSpan now) =>
        End(state, now, [.. LastAck(state), new SayDrain(state.RetryAfter), new Tell("cut"), Leave(state.RetryAfter)]);

    private static IngestTransition Break(IngestState state, Broke broke, TimeSpan now) => state.Phase is IngestPhase.Opening
        ? End(state, now, new SayError(broke.Code, broke.Message), new Close(broke.Status, broke.Code))
        : End(state, now, [.. LastAck(state), new SayError(broke.Code, broke.Message), new Tell("cut"), new Close(broke.Status, broke.Code)]);

    private static ImmutableArray<IngestEffect> LastAck(IngestState state) =>
        state.AcksReceipt
            ? state.Received > state.Acked ? [new Ack(state.Received, null)] : []
            : state.Stored > state.Acked ? [new Ack(state.Stored, state.Level)] : [];

    private static Close Leave(TimeSpan retryAfter) => new(Restart, FormattableString.Invariant($"retry_ms={(long)retryAfter.TotalMilliseconds};resume=1"));

    private static TimeSpan Unstored(IngestState state) => state.BytesPerSecond == 0
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds((double)(state.Received - state.Stored) * state.FrameBytes / state.BytesPerSecond);

    private static IngestTransition To(IngestState state, IngestPhase phase, TimeSpan now, params ImmutableArray<IngestEffect> effects) => new(state with { Phase = phase, Since = now }, effects);

    private static IngestTransition End(IngestState state, TimeSpan now, params ImmutableArray<IngestEffect> effects) => To(state, IngestPhase.Closed, now, effects);

    private static IngestTransition Stay(IngestState state, params ImmutableArray<IngestEffect> effects) => new(state, effects);
}
