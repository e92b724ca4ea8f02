using Mainstay.Contracts;
using Mainstay.Contracts.Logs;
using Mainstay.Linux.Polling;
using Mainstay.Spec.Model;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Logs;

/// <summary>Does one piece of log work after the other. Everything here is touched by the mailbox's loop only.</summary>
internal sealed class LogWorker : IDisposable
{
    /// <summary>How often a disk that refuses is tried again.</summary>
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A stream that writes little and often is read at most so often: many lines for one wake-up.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(5);

    private const int LittleBytes = 32 * 1024;

    /// <summary>What is read after the end of a process: the whole pipe, and what a grandchild adds meanwhile within reason.</summary>
    public const long BytesAtEnd = 2 * LinuxPipe.WantedSize;

    private readonly HashSet<CapturedStream> _streams = [];
    private readonly HashSet<CapturedStream> _refused = [];
    private readonly List<CapturedStream> _resting = [];
    private readonly LogScratch _scratch = new();
    private readonly LinuxLogDisk _disk;
    private readonly ServiceLogs _logs;
    private readonly RunMemory _memory;
    private readonly LeftoverRuns _leftovers;
    private readonly EventLoop _loop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<LogWork> _post;
    private readonly ITimer _retryTimer;
    private readonly ITimer _restTimer;

    public LogWorker(LinuxLogDisk disk, HomeLayout home, EventLoop loop, TimeProvider time, ILogger logger, Action<LogWork> post)
    {
        (_disk, _loop, _time, _logger, _post) = (disk, loop, time, logger, post);
        _logs = new ServiceLogs(disk, _scratch, time);
        _memory = new RunMemory(disk, new LogTail(home, time), time, logger);
        _leftovers = new LeftoverRuns(disk, _logs, _scratch, time, logger);
        _retryTimer = time.CreateTimer(_ => post(new LogWork.Retry()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _restTimer = time.CreateTimer(_ => post(new LogWork.Rested()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask DoAsync(LogWork work)
    {
        switch (work)
        {
            case LogWork.Attach attach:
                await AttachAsync(attach.Capture).ConfigureAwait(false);
                break;
            case LogWork.Read read:
                TakeTurn(read.Stream);
                break;
            case LogWork.Finish finish:
                Finish(finish.Capture);
                break;
            case LogWork.Remark remark:
                Remark(remark);
                break;
            case LogWork.Retry:
                RetryRefused();
                break;
            case LogWork.Rested:
                WakeRested();
                break;
            case LogWork.Sweep sweep:
                Sweep(sweep);
                break;
        }
    }

    public void Dispose()
    {
        _retryTimer.Dispose();
        _restTimer.Dispose();
        foreach (var stream in _streams)
        {
            stream.Dispose();
        }

        _logs.Dispose();
    }

    private async ValueTask AttachAsync(LogCapture capture)
    {
        var log = _logs.Of(capture.Service.Value, capture.Limits);
        await _memory.RecallAsync(capture, log).ConfigureAwait(false);
        foreach (var (pipe, stream) in new[] { (capture.Stdout, LogStream.Out), (capture.Stderr, LogStream.Err) })
        {
            var pump = new StreamPump(pipe, () => OpenSpool(capture, log, stream), log, capture.Instance, stream, _scratch, _time);
            var captured = new CapturedStream(capture, pipe, pump);
            capture.Streams.Add(captured);
            _streams.Add(captured);
            pipe.Watch(_loop, () => _post(new LogWork.Read(captured)));
        }
    }

    private Spool OpenSpool(LogCapture capture, ServiceLog log, LogStream stream)
    {
        var spool = Spool.Open(_disk.OpenSpool(capture.SpoolName(stream)), capture.Service.Value, capture.Instance, _time.GetUtcNow());
        spool.Recent = capture.Recent;
        log.Attach(spool);
        return spool;
    }

    private void TakeTurn(CapturedStream stream)
    {
        if (stream.Closed || stream.Finishing)
        {
            return;
        }

        PumpOutcome outcome;
        try
        {
            outcome = stream.Pump.Turn();
        }
        catch
        {
            // Whatever it was, nobody else would look at this stream again.
            RetryLater(stream);
            throw;
        }

        Report(stream, outcome);
        switch (outcome)
        {
            case PumpOutcome.More:
                _post(new LogWork.Read(stream));
                break;
            case PumpOutcome.Drained:
                Arm(stream);
                break;
            case PumpOutcome.Refused:
                RetryLater(stream);
                break;
            case PumpOutcome.Dropping:
                RetryLater(stream);
                stream.Pipe.Rearm();
                break;
        }
    }

    private void Arm(CapturedStream stream)
    {
        var busy = stream.Pump.LastMoved is > 0 and < LittleBytes && _time.GetElapsedTime(stream.TurnAt) < Rest;
        stream.TurnAt = _time.GetTimestamp();
        if (!busy)
        {
            stream.Pipe.Rearm();
            return;
        }

        _resting.Add(stream);
        if (_resting.Count == 1)
        {
            _restTimer.Change(Rest, Timeout.InfiniteTimeSpan);
        }
    }

    private void WakeRested()
    {
        foreach (var stream in _resting.Where(s => !s.Closed))
        {
            stream.Pipe.Rearm();
        }

        _resting.Clear();
    }

    private void RetryLater(CapturedStream stream)
    {
        _refused.Add(stream);
        _retryTimer.Change(RetryEvery, Timeout.InfiniteTimeSpan);
    }

    private void RetryRefused()
    {
        var again = _refused.ToArray();
        _refused.Clear();
        foreach (var stream in again.Where(s => !s.Closed))
        {
            if (stream.Finishing)
            {
                Finish(stream);
            }
            else
            {
                TakeTurn(stream);
            }
        }
    }

    private void Finish(LogCapture capture)
    {
        try
        {
            foreach (var stream in capture.Streams)
            {
                Finish(stream);
            }
        }
        finally
        {
            // Where the disk refuses, the rest follows when it can: the supervisor must not wait for a disk.
            capture.Finished();
        }
    }

    private void Finish(CapturedStream stream)
    {
        stream.Finishing = true;
        if (!stream.Pump.Finish(BytesAtEnd))
        {
            Report(stream, PumpOutcome.Refused);
            RetryLater(stream);
            return;
        }

        stream.Dispose();
        _streams.Remove(stream);
        _logs.CloseWhenQuiet(stream.Capture.Service.Value);
    }

    private void Remark(LogWork.Remark remark)
    {
        try
        {
            _logs.Of(remark.Service, remark.Limits).WriteRemark(remark.Instance, remark.Text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.RemarkLost(remark.Service, e.Message);
        }

        _logs.CloseWhenQuiet(remark.Service);
    }

    private void Sweep(LogWork.Sweep sweep)
    {
        try
        {
            var captured = _streams.Select(s => s.Capture.RunId).ToHashSet(StringComparer.Ordinal);
            _leftovers.Sweep(sweep.Pipes.Where(name => !captured.Contains(Path.GetFileNameWithoutExtension(name))));
        }
        finally
        {
            sweep.Done.TrySetResult();
        }
    }

    private void Report(CapturedStream stream, PumpOutcome outcome)
    {
        var instance = stream.Capture.Instance;
        switch (outcome)
        {
            case PumpOutcome.Refused when !stream.RefusalLogged:
                _logger.LogRefused(instance, stream.Pump.Refusal ?? "");
                stream.RefusalLogged = true;
                break;
            case PumpOutcome.Dropping when !stream.DroppingLogged:
                _logger.LinesDropped(instance, (int)StreamPump.Patience.TotalSeconds, stream.Pump.Refusal ?? "");
                stream.DroppingLogged = true;
                break;
            case PumpOutcome.Drained or PumpOutcome.More when stream.RefusalLogged || stream.DroppingLogged:
                _logger.LogTakenAgain(instance);
                (stream.RefusalLogged, stream.DroppingLogged) = (false, false);
                break;
            case PumpOutcome.Drained or PumpOutcome.More or PumpOutcome.Refused or PumpOutcome.Dropping:
                break;
        }
    }
}
