using System.Collections.Immutable;
using Mainstay.Contracts.Logs;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;

namespace Mainstay.Supervisor.Logs;

/// <summary>The output of one run. The supervisor holds it; the worker does the work.</summary>
internal sealed class LogCapture(ServiceName service, string instance, string runId, LogsSpec limits, LinuxPipe stdout, LinuxPipe stderr, string stdoutFifo, string stderrFifo, Action<LogCapture> finish) : ILogCapture
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _finishAsked;

    public string StdoutFifo => stdoutFifo;

    public string StderrFifo => stderrFifo;

    internal ServiceName Service => service;

    internal string Instance => instance;

    internal string RunId => runId;

    internal LogsSpec Limits => limits;

    internal RecentLines Recent { get; } = new();

    internal LinuxPipe Stdout => stdout;

    internal LinuxPipe Stderr => stderr;

    /// <summary>Owned by the worker.</summary>
    internal List<CapturedStream> Streams { get; } = [];

    public ImmutableArray<LogRecord> LastLines(int count) => Recent.Take(count);

    public Task FinishAsync(CancellationToken token)
    {
        if (Interlocked.Exchange(ref _finishAsked, 1) == 0)
        {
            finish(this);
        }

        return _finished.Task.WaitAsync(token);
    }

    internal string SpoolName(LogStream stream) => $"{runId}.{(stream is LogStream.Out ? "out" : "err")}";

    internal void Finished() => _finished.TrySetResult();
}
