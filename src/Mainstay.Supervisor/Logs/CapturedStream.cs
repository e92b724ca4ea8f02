namespace Mainstay.Supervisor.Logs;

/// <summary>One stream of a run, as the worker keeps it.</summary>
internal sealed class CapturedStream(LogCapture capture, LinuxPipe pipe, StreamPump pump) : IDisposable
{
    public LogCapture Capture => capture;

    public LinuxPipe Pipe => pipe;

    public StreamPump Pump => pump;

    /// <summary>When it last had a turn; a timestamp of the clock.</summary>
    public long TurnAt { get; set; }

    /// <summary>The process has ended, but the disk did not take the rest yet.</summary>
    public bool Finishing { get; set; }

    public bool Closed { get; private set; }

    /// <summary>Whether the log already says that the disk refuses.</summary>
    public bool RefusalLogged { get; set; }

    /// <summary>Whether the log already says that lines are being dropped.</summary>
    public bool DroppingLogged { get; set; }

    public void Dispose()
    {
        Closed = true;
        pump.Dispose();
    }
}
