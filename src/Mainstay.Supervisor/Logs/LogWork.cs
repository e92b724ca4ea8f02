using System.Collections.Immutable;
using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Logs;

/// <summary>What the log worker is asked for.</summary>
internal abstract record LogWork
{
    private LogWork()
    {
    }

    /// <summary>A run begins, or an earlier daemon's is taken over.</summary>
    public sealed record Attach(LogCapture Capture) : LogWork;

    /// <summary>The stream's pipe has something, or has had too much for one turn.</summary>
    public sealed record Read(CapturedStream Stream) : LogWork;

    /// <summary>The run's process has ended.</summary>
    public sealed record Finish(LogCapture Capture) : LogWork;

    public sealed record Remark(string Service, string Instance, LogsSpec Limits, string Text) : LogWork;

    /// <summary>The disk may take something again.</summary>
    public sealed record Retry : LogWork;

    /// <summary>Busy streams have rested.</summary>
    public sealed record Rested : LogWork;

    /// <summary>What runs that nobody captures any more have left is written to their logs.</summary>
    public sealed record Sweep(ImmutableArray<string> Pipes, TaskCompletionSource Done) : LogWork;
}
