using System.Collections.Immutable;
using Mainstay.Contracts.Logs;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Ports;

/// <summary>Takes what the services write from their pipes to disk, line by line, and loses none when the daemon dies.</summary>
public interface ILogStore
{
    /// <summary>Makes the FIFOs of a run (owned by <paramref name="user"/> when given) and begins to read them. Call before the spawn, and again to take over the run of an earlier daemon.</summary>
    ILogCapture Capture(ServiceName service, string instance, string runId, LogsSpec limits, string? user);

    /// <summary>Writes what runs have left that ended while no daemon was there, and removes their pipes: of those that are there at the call. Call once, after every run that goes on has been captured.</summary>
    /// <param name="running">Ids of the runs that go on; those already captured are safe in any case.</param>
    Task SweepAsync(ImmutableHashSet<string> running, CancellationToken token);

    /// <summary>Writes Mainstay's own remark into the service's log.</summary>
    void Remark(ServiceName service, string instance, LogsSpec limits, string text);
}

/// <summary>The output of one process.</summary>
public interface ILogCapture
{
    string StdoutFifo { get; }

    string StderrFifo { get; }

    /// <summary>The newest lines, oldest first; at most 100 are remembered.</summary>
    ImmutableArray<LogRecord> LastLines(int count);

    /// <summary>Call when the process has ended: reads what is still in the pipes, without waiting for grandchildren that hold them, then removes them.</summary>
    Task FinishAsync(CancellationToken token);
}
