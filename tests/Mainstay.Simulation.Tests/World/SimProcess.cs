using System.Collections.Immutable;
using Mainstay.Linux.Processes;

namespace Mainstay.Simulation.Tests.World;

/// <summary>One process of the simulated host, with what it has started.</summary>
internal sealed class SimProcess(ProcessIdentity identity, string runId, SimProgram program, int? port, bool notifies)
{
    public ProcessIdentity Identity { get; } = identity;

    public string RunId { get; } = runId;

    /// <summary>For example <c>api-1</c>.</summary>
    public string Slot { get; } = runId[..runId.LastIndexOf('.')];

    public string Service => Slot[..Slot.LastIndexOf('-')];

    public SimProgram Program { get; } = program;

    public int? Port { get; } = port;

    public bool Notifies { get; } = notifies;

    public bool IsAlive { get; set; } = true;

    public bool IsListening { get; set; }

    public bool IsHung { get; set; }

    /// <summary>A grandchild lives and holds what the process held.</summary>
    public bool HasChild { get; set; }

    /// <summary>Somebody was shown that it is ready: a probe passed, it said so, or there is nothing to ask and it lived on.</summary>
    public bool WasSeenReady { get; set; }

    /// <summary>The daemon meant it to end.</summary>
    public bool WasSignalled { get; set; }

    public long StartedAt { get; init; }

    /// <summary>Null while it lives.</summary>
    public long? EndedAt { get; set; }

    public string Directory { get; init; } = "";

    public ImmutableArray<string> Arguments { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What it was started to run, in its own words.</summary>
    public string Release => Environment.GetValueOrDefault("MAINSTAY_RELEASE", "");

    /// <summary>The edge heard of it as one that waits beside what serves.</summary>
    public bool WasCandidate { get; set; }

    /// <summary>A rollout has looked at it, and what it saw was true.</summary>
    public bool WasProven { get; set; }

    public ExitStatus Exit { get; set; }

    /// <summary>Told of the exit; one for each daemon that holds it.</summary>
    public List<Action<ExitStatus>> Watchers { get; } = [];

    public override string ToString() => $"{RunId} ({Program.Name})";
}
