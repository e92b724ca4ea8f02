using System.Collections.Immutable;
using static Mainstay.Daemon.Edge.EdgeEventKind;
using static Mainstay.Daemon.Edge.EdgePhase;

namespace Mainstay.Daemon.Edge;

/// <summary>
/// The life of the edge as the daemon keeps it: one worker serves, at most one more is starting to take its place.
/// The listening sockets are the daemon's, so no state of this table refuses a connection: without a worker they wait in the backlog.
/// Described in docs/state-machines/edge-keeper.md; the whole table is a golden file.
/// </summary>
internal static class EdgeMachine
{
    /// <summary>A worker that served this long and then died is replaced at once; one that dies sooner is replaced after a growing delay.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    public static EdgeTransition Next(EdgeState state, EdgeEvent e, DateTimeOffset now) => state.Phase switch
    {
        Absent => WhileAbsent(state, e),
        Starting => WhileStarting(state, e),
        Running => WhileRunning(state, e, now),
        Replacing => WhileReplacing(state, e, now),
        Backoff => WhileBackoff(state, e),
    };

    private static EdgeTransition WhileAbsent(EdgeState state, EdgeEvent e) => e.Kind switch
    {
        Wanted => Spawn(state with { Phase = Starting, Failures = 0 }, "the stack declares an edge"),
        Adopted => new(state with { Phase = Running, Current = e.Worker, Since = e.At, LastWorker = Math.Max(state.LastWorker, e.Worker) }, [], "found again after the daemon was gone"),
        ReplaceAsked => Spawn(state with { Phase = Starting, Failures = 0 }, "a new worker was asked for"),
        Unwanted or Serving or Exited or TimerFired or Polled => Ignore(state, e),
    };

    private static EdgeTransition WhileStarting(EdgeState state, EdgeEvent e) => e.Kind switch
    {
        Serving when e.Worker == state.Successor && state.Again => Spawn(
            state with { Phase = Replacing, Current = e.Worker, Since = e.At, Again = false },
            "serves, and a change came while it started"),
        Serving when e.Worker == state.Successor => new(
            state with { Phase = Running, Current = e.Worker, Successor = 0, Since = e.At }, [], "serves"),
        Exited when e.Worker == state.Successor => Delay(state, "ended before it served"),
        ReplaceAsked => new(state with { Again = true }, [], "is starting; will be replaced once it serves"),
        Unwanted => new(EdgeState.Initial with { LastWorker = state.LastWorker }, [new EdgeEffect.Drain(state.Successor)], "the stack declares no edge any more"),
        Wanted or Adopted or Serving or Exited or TimerFired or Polled => Ignore(state, e),
    };

    private static EdgeTransition WhileRunning(EdgeState state, EdgeEvent e, DateTimeOffset now) => e.Kind switch
    {
        ReplaceAsked => Spawn(state with { Phase = Replacing }, "a new worker was asked for"),
        Exited when e.Worker == state.Current && now - state.Since >= Settled => Spawn(
            state with { Phase = Starting, Current = 0, Failures = 0 }, "ended unasked; a new one takes the same sockets"),
        Exited when e.Worker == state.Current && state.Failures == 0 => Spawn(
            state with { Phase = Starting, Current = 0, Failures = 1 }, "ended unasked; a new one takes the same sockets"),
        Exited when e.Worker == state.Current => Delay(state with { Current = 0 }, "ended unasked soon after its start"),
        Unwanted => new(EdgeState.Initial with { LastWorker = state.LastWorker }, [new EdgeEffect.Drain(state.Current)], "the stack declares no edge any more"),
        Wanted or Adopted or Serving or Exited or TimerFired or Polled => Ignore(state, e),
    };

    private static EdgeTransition WhileReplacing(EdgeState state, EdgeEvent e, DateTimeOffset now) => e.Kind switch
    {
        Serving when e.Worker == state.Successor && state.Again => Spawn(
            state with { Current = e.Worker, Since = e.At, Again = false }, "serves, and a change came while it started", new EdgeEffect.Drain(state.Current)),
        Serving when e.Worker == state.Successor => new(
            state with { Phase = Running, Current = e.Worker, Successor = 0, Since = e.At, Failures = 0 },
            [new EdgeEffect.Drain(state.Current)],
            "serves; the one before it drains"),
        Exited when e.Worker == state.Successor => new(
            state with { Phase = Running, Successor = 0, Again = false }, [], "the new worker ended before it served; the old one stays"),

        // The successor is on its way already; nothing else can be done sooner.
        Exited when e.Worker == state.Current => new(
            state with { Phase = Starting, Current = 0 }, [], "ended unasked while its successor was starting"),
        ReplaceAsked => new(state with { Again = true }, [], "is being replaced; will be replaced once more"),
        Unwanted => new(
            EdgeState.Initial with { LastWorker = state.LastWorker },
            [new EdgeEffect.Drain(state.Current), new EdgeEffect.Drain(state.Successor)],
            "the stack declares no edge any more"),
        Wanted or Adopted or Serving or Exited or TimerFired or Polled => Ignore(state, e),
    };

    private static EdgeTransition WhileBackoff(EdgeState state, EdgeEvent e) => e.Kind switch
    {
        TimerFired => Spawn(state with { Phase = Starting }, "the delay is over"),
        ReplaceAsked => Spawn(state with { Phase = Starting }, "a new worker was asked for before the delay was over"),
        Unwanted => new(EdgeState.Initial with { LastWorker = state.LastWorker }, [], "the stack declares no edge any more"),
        Wanted or Adopted or Serving or Exited or Polled => Ignore(state, e),
    };

    private static EdgeTransition Spawn(EdgeState state, string because, params ImmutableArray<EdgeEffect> first)
    {
        var worker = state.LastWorker + 1;
        return new(state with { Successor = worker, LastWorker = worker }, [.. first, new EdgeEffect.Spawn(worker)], because);
    }

    private static EdgeTransition Delay(EdgeState state, string because)
    {
        var failures = Math.Min(state.Failures + 1, 30);
        var ticks = Math.Min(FirstDelay.Ticks << Math.Min(failures - 1, 10), MaxDelay.Ticks);
        var delay = TimeSpan.FromTicks(ticks);
        return new(
            state with { Phase = Backoff, Successor = 0, Failures = failures, Again = false },
            [new EdgeEffect.ArmTimer(delay)],
            FormattableString.Invariant($"{because}; the next one starts in {delay.TotalSeconds:0.#} s"));
    }

    private static EdgeTransition Ignore(EdgeState state, EdgeEvent e) => new(state, [], $"{e.Kind} means nothing in {state.Phase}");
}
