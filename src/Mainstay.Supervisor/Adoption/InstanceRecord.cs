using Mainstay.Linux.Processes;
using Mainstay.Supervisor.Instances;

namespace Mainstay.Supervisor.Adoption;

/// <summary>What the journal keeps of one instance: enough to find its process again, and to go on as if no daemon had died.</summary>
/// <param name="RunId">Of the process; written before the spawn, forgotten after the exit.</param>
/// <param name="Process">Written after the spawn. Null while the spawn is only intended: then the process is looked for by <paramref name="RunId"/>.</param>
/// <param name="Port">That the last process was told to listen on.</param>
/// <param name="Release">The number of the release that the last process runs.</param>
internal sealed record InstanceRecord(InstanceState State, string? RunId, ProcessIdentity? Process, int? Port, int Release)
{
    public static InstanceRecord Initial { get; } = new(InstanceState.Initial, null, null, null, 0);
}

/// <summary>The number of the newest run of this home.</summary>
internal sealed record RunsRecord(long Newest);
