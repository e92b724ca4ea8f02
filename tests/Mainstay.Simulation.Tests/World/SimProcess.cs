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

    public ExitStatus Exit { get; set; }

    /// <summary>Told of the exit; one for each daemon that holds it.</summary>
    public List<Action<ExitStatus>> Watchers { get; } = [];

    public override string ToString() => $"{RunId} ({Program.Name})";
}
