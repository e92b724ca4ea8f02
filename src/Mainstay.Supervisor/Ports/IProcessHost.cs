using System.Collections.Immutable;
using Mainstay.Linux.Processes;

namespace Mainstay.Supervisor.Ports;

/// <summary>The kernel as the supervisor sees it. The real one is <c>LinuxProcessHost</c>; the simulation has a fake one.</summary>
public interface IProcessHost
{
    /// <summary>Starts a process. Does not wait for anything the process does. Never throws for what a user can cause: that is <see cref="SpawnResult.Failed"/>.</summary>
    SpawnResult Spawn(SpawnRequest request);

    /// <summary>Finds a process of an earlier daemon again: by its identity, or (when the daemon died between spawn and journal) by <paramref name="runId"/> in its environment. Null when it is gone.</summary>
    IRunningProcess? Adopt(ProcessIdentity? identity, string runId);

    /// <summary>SIGKILL to what is left of a run whose main process ended while no daemon watched. Finds it by its cgroup or by MAINSTAY_RUN; does nothing when there is nothing.</summary>
    void KillLeftovers(string runId);

    /// <summary>The usage of many processes in one pass, written into <paramref name="into"/> in the same order.</summary>
    void Usage(IReadOnlyList<IRunningProcess> processes, Span<ProcessUsage> into)
    {
        for (var i = 0; i < processes.Count; i++)
        {
            into[i] = processes[i].Usage();
        }
    }
}

/// <summary>A process that is held by a pidfd: signals go to it or to nobody.</summary>
public interface IRunningProcess : IDisposable
{
    ProcessIdentity Identity { get; }

    /// <summary>Completes once, when the process has ended. Never faults.</summary>
    Task<ExitStatus> Exited { get; }

    /// <summary>To the main process only. False when it is already gone.</summary>
    bool Signal(int signal);

    /// <summary>SIGKILL to everything that descends from it: the cgroup when there is one, else its session and its descendants.</summary>
    void KillTree();

    /// <summary>Resident bytes and CPU time of the whole tree, now.</summary>
    ProcessUsage Usage();

    /// <summary>The TCP sockets that the whole tree listens on, now. Null when the host cannot tell. Costs a walk of /proc: for failures, not for loops.</summary>
    ImmutableArray<ListeningSocket>? Listening() => null;
}

/// <param name="Address">An IP literal, such as <c>127.0.0.1</c> or <c>::</c>.</param>
public readonly record struct ListeningSocket(string Address, int Port);

/// <param name="MemoryBytes">Of the whole tree, shared pages counted once where the kernel tells.</param>
public readonly record struct ProcessUsage(long MemoryBytes, TimeSpan CpuTime, int Processes);

/// <param name="RunId">Unique for each process ever started in this home; stands in its environment as MAINSTAY_RUN, behind what tells this home from others.</param>
/// <param name="Argv">Argv[0] is looked up in the PATH of <paramref name="Environment"/> unless it holds a slash.</param>
/// <param name="Environment">Exactly what the process gets, but for LISTEN_PID and MAINSTAY_RUN.</param>
/// <param name="StdoutFifo">Opened read-write by the child, so that no reader is ever needed for its life.</param>
/// <param name="ListenSocket">Descriptor number in this process that becomes fd 3 of the child, or null.</param>
public sealed record SpawnRequest(
    string RunId,
    ImmutableArray<string> Argv,
    string Directory,
    ImmutableSortedDictionary<string, string> Environment,
    string StdoutFifo,
    string StderrFifo,
    string? User,
    int? OpenFiles,
    int? ListenSocket,
    long? MemoryLimit,
    double? Cpus);

public abstract record SpawnResult
{
    private SpawnResult()
    {
    }

    public sealed record Started(IRunningProcess Process) : SpawnResult;

    /// <param name="Stage">What was being done: "opening the log pipe", "changing to the directory", "executing".</param>
    public sealed record Failed(string Stage, int Errno, string Message) : SpawnResult;
}
