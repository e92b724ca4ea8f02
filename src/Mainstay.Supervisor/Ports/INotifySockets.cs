namespace Mainstay.Supervisor.Ports;

/// <summary>The receiving side of sd_notify: one datagram socket for each run.</summary>
public interface INotifySockets
{
    /// <summary>Makes (or after a daemon's death takes over) the socket of a run and returns its path for NOTIFY_SOCKET. <paramref name="received"/> is called on the event loop's thread and must only post. Messages of processes outside the run's tree are dropped.</summary>
    string Open(string runId, string? user, Action<NotifyMessage> received);

    void Close(string runId);
}

/// <summary>One datagram, parsed; what it did not say is false or null.</summary>
public sealed record NotifyMessage(
    bool Ready,
    bool Reloading,
    bool Stopping,
    bool Watchdog,
    bool WatchdogTrigger,
    string? Status,
    TimeSpan? ExtendTimeout,
    int? MainPid,
    int SenderPid);
