using System.Collections.Immutable;

namespace Mainstay.Daemon.Edge;

internal enum EdgePhase
{
    /// <summary>No edge is declared.</summary>
    Absent,

    /// <summary>No worker serves; one is starting, and connections wait in the sockets' backlog.</summary>
    Starting,

    /// <summary>One worker serves.</summary>
    Running,

    /// <summary>One worker serves and its successor is starting.</summary>
    Replacing,

    /// <summary>No worker serves; the next one waits because the last ones died young.</summary>
    Backoff,
}

/// <param name="Current">Number of the worker that serves, or 0.</param>
/// <param name="Successor">Number of the worker that is starting, or 0.</param>
/// <param name="LastWorker">Numbers are never used twice: they name control sockets.</param>
/// <param name="Failures">Workers in a row that died young.</param>
/// <param name="Again">Another replacement was asked for while one was under way.</param>
internal sealed record EdgeState(EdgePhase Phase, int Current, int Successor, int LastWorker, int Failures, bool Again, DateTimeOffset Since)
{
    public static EdgeState Initial { get; } = new(EdgePhase.Absent, 0, 0, 0, 0, false, DateTimeOffset.MinValue);
}

internal enum EdgeEventKind
{
    /// <summary>The stack declares an edge.</summary>
    Wanted,

    /// <summary>The stack declares none any more, or everything goes down.</summary>
    Unwanted,

    /// <summary>A worker of an earlier daemon was found alive.</summary>
    Adopted,

    /// <summary>By the user, or because the listening addresses changed.</summary>
    ReplaceAsked,

    /// <summary>A worker applied its first snapshot.</summary>
    Serving,

    Exited,

    TimerFired,

    /// <summary>Somebody wants to know where the edge is; nothing happened.</summary>
    Polled,
}

internal readonly record struct EdgeEvent(EdgeEventKind Kind, int Worker = 0, DateTimeOffset At = default);

internal abstract record EdgeEffect
{
    private EdgeEffect()
    {
    }

    public sealed record Spawn(int Worker) : EdgeEffect;

    public sealed record Drain(int Worker) : EdgeEffect;

    public sealed record ArmTimer(TimeSpan Delay) : EdgeEffect;
}

internal sealed record EdgeTransition(EdgeState Next, ImmutableArray<EdgeEffect> Effects, string Because);
