using System.Collections.Immutable;
using System.Threading.Channels;
using Mainstay.Contracts;
using Mainstay.Linux.Polling;
using Mainstay.Linux.Processes;
using Mainstay.Spec.Model;
using Mainstay.Supervisor.Ports;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Logs;

/// <summary>Takes services' output from their FIFOs to their log files. One worker does all of it, so no file has two writers.</summary>
public sealed class LogStore : ILogStore, IAsyncDisposable
{
    /// <summary>Remarks that may wait for the worker; more are dropped, because a log is no place to queue without end.</summary>
    private const int MaxRemarks = 1000;

    // Unbounded, because the writers must not wait and each kind of work is bounded by itself: at most one read per stream (its watch
    // fires once), one attach and finish per run, MaxRemarks remarks, one tick of each timer.
    private readonly Channel<LogWork> _mailbox = Channel.CreateUnbounded<LogWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LinuxLogDisk _disk;
    private readonly ILogger<LogStore> _logger;
    private readonly LogWorker _worker;
    private readonly Task _running;
    private int _remarks;

    /// <param name="loop">Tells when a FIFO has something to read.</param>
    public LogStore(HomeLayout home, EventLoop loop, TimeProvider time, ILogger<LogStore> logger)
    {
        _logger = logger;
        _disk = new LinuxLogDisk(home);
        _worker = new LogWorker(_disk, home, loop, time, logger, work => _mailbox.Writer.TryWrite(work));
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">The FIFOs cannot be made or opened.</exception>
    public ILogCapture Capture(ServiceName service, string instance, string runId, LogsSpec limits, string? user)
    {
        _disk.MakePipesFolder();
        var owner = user is null ? null : UserAccount.Find(user);
        var (stdout, stderr) = (_disk.FifoPath($"{runId}.out"), _disk.FifoPath($"{runId}.err"));
        var outPipe = LinuxPipe.Open(stdout, owner);
        try
        {
            var capture = new LogCapture(service, instance, runId, limits, outPipe, LinuxPipe.Open(stderr, owner), stdout, stderr, c => Post(new LogWork.Finish(c), c.Finished));
            Post(new LogWork.Attach(capture), capture.Finished);
            return capture;
        }
        catch
        {
            outPipe.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Remark(ServiceName service, string instance, LogsSpec limits, string text)
    {
        if (Interlocked.Increment(ref _remarks) > MaxRemarks)
        {
            Interlocked.Decrement(ref _remarks);
            _logger.RemarkLost(service.Value, "too many wait to be written");
            return;
        }

        Post(new LogWork.Remark(service.Value, instance, limits, text), () => { });
    }

    /// <inheritdoc/>
    public Task SweepAsync(ImmutableHashSet<string> running, CancellationToken token)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Looked at now: a run that begins while the worker is busy has its pipes before the worker knows of them.
        Post(new LogWork.Sweep([.. _disk.PipeNames().Where(name => !running.Contains(Path.GetFileNameWithoutExtension(name)))], done), () => done.TrySetResult());
        return done.Task.WaitAsync(token);
    }

    /// <summary>Stops taking output. FIFOs and spools stay for the next daemon.</summary>
    public async ValueTask DisposeAsync()
    {
        _mailbox.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        _worker.Dispose();
    }

    private void Post(LogWork work, Action whenStopped)
    {
        if (!_mailbox.Writer.TryWrite(work))
        {
            whenStopped();
        }
    }

    private async Task RunAsync()
    {
        await foreach (var work in _mailbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (work is LogWork.Remark)
            {
                Interlocked.Decrement(ref _remarks);
            }

            try
            {
                await _worker.DoAsync(work).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // One service's trouble must not silence the others.
                _logger.LogWorkFailed(e, work.GetType().Name);
            }
        }
    }
}
