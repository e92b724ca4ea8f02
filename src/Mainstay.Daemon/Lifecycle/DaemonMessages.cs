using Microsoft.Extensions.Logging;

namespace Mainstay.Daemon;

/// <summary>What the daemon says of itself; ids 4000-4099, its edge keeper has those up to 4199. The edge workers have 5000-5999.</summary>
internal static partial class DaemonMessages
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "daemon {Version} started in {Home}, pid {Pid}")]
    public static partial void DaemonStarted(this ILogger logger, string version, string home, int pid);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Information, Message = "daemon ends: {Because}; services and edge run on")]
    public static partial void DaemonEnds(this ILogger logger, string because);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Information, Message = "took over {Services} services in {Milliseconds} ms")]
    public static partial void TookOver(this ILogger logger, int services, double milliseconds);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Error, Message = "a callback of the event loop failed")]
    public static partial void CallbackFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "this host lacks something: {What}")]
    public static partial void HostLacks(this ILogger logger, string what);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "the end of {Switches} could not be written, it is tried again in a minute; the switch is as its default: {Cause}")]
    public static partial void SwitchesNotForgotten(this ILogger logger, string switches, string cause);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Information, Message = "another daemon ({Holder}) runs in {Home}; waiting for it to end")]
    public static partial void WaitingForHome(this ILogger logger, string holder, string home);
}
