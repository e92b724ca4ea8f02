using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon.Edge;

internal static partial class EdgeLog
{
    [LoggerMessage(EventId = 4101, Level = LogLevel.Information, Message = "edge {From} -> {To}: {Because}")]
    public static partial void EdgeMoved(this ILogger logger, EdgePhase from, EdgePhase to, string because);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Warning, Message = "edge worker {Worker}: the control connection was lost: {Reason}")]
    public static partial void EdgeConnectionLost(this ILogger logger, int worker, string reason);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Information, Message = "edge worker {Worker} drained; cut {Requests} requests and {WebSockets} WebSockets at the deadline")]
    public static partial void EdgeWorkerDrained(this ILogger logger, int worker, int requests, int webSockets);

    [LoggerMessage(EventId = 4104, Level = LogLevel.Error, Message = "edge worker {Worker} could not be started: {Reason}")]
    public static partial void EdgeSpawnFailed(this ILogger logger, int worker, string reason);

    [LoggerMessage(EventId = 4105, Level = LogLevel.Warning, Message = "edge worker {Worker} did not serve within {Seconds} s and is killed")]
    public static partial void EdgeStartTimedOut(this ILogger logger, int worker, double seconds);

    [LoggerMessage(EventId = 4106, Level = LogLevel.Warning, Message = "edge worker {Worker} did not finish its drain in time and is killed")]
    public static partial void EdgeDrainTimedOut(this ILogger logger, int worker);

    [LoggerMessage(EventId = 4107, Level = LogLevel.Warning, Message = "the edge did not answer snapshot {Version} within {Seconds} s; going on without it")]
    public static partial void EdgeSlowToApply(this ILogger logger, long version, double seconds);

    [LoggerMessage(EventId = 4108, Level = LogLevel.Warning, Message = "the listening sockets could not be taken back from the edge ({Reason}); binding anew")]
    public static partial void EdgeHandOverFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 4113, Level = LogLevel.Information, Message = "the edge's certificate files have changed; the edge is told to read them again")]
    public static partial void EdgeCertificatesChanged(this ILogger logger);

    [LoggerMessage(EventId = 4110, Level = LogLevel.Warning, Message = "edge worker {Worker} (pid {Pid}, snapshot {Version}) was left by an earlier daemon beside the one that serves; it is asked to end")]
    public static partial void EdgeStrayFound(this ILogger logger, int worker, int pid, long version);

    [LoggerMessage(EventId = 4111, Level = LogLevel.Error, Message = "the edge cannot listen on {Address} ({Reason}); trying again")]
    public static partial void EdgeCannotListen(this ILogger logger, string address, string reason);

    [LoggerMessage(EventId = 4112, Level = LogLevel.Error, Message = "{Event} of edge worker {Worker} could not be carried out; going on")]
    public static partial void EdgeEventFailed(this ILogger logger, EdgeEventKind @event, int worker, Exception exception);

    [LoggerMessage(EventId = 4109, Level = LogLevel.Error, Message = "the edge's worker could not be journaled: {Reason}")]
    public static partial void EdgeRecordNotWritten(this ILogger logger, string reason);
}
