using Mainstay.Contracts.Api;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Instances;

internal static partial class InstanceLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "{Instance} {From} -> {To}: {Because}")]
    public static partial void InstanceMoved(this ILogger logger, string instance, InstancePhase from, InstancePhase to, string because);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "{Instance} could not be spawned while {Stage}: {Why}")]
    public static partial void SpawnFailed(this ILogger logger, string instance, string stage, string why);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "{Instance} {Kind}: {Because}")]
    public static partial void InstanceTold(this ILogger logger, string instance, string kind, string because);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Debug, Message = "{Instance} got more messages than it can take in; one {Kind} was dropped")]
    public static partial void EventDropped(this ILogger logger, string instance, InstanceEventKind kind);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Error, Message = "{Instance} met a fault of Mainstay's own while handling {Kind}")]
    public static partial void HandlingFault(this ILogger logger, Exception exception, string instance, InstanceEventKind kind);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Error, Message = "background work failed by a fault of Mainstay's own")]
    public static partial void BackgroundFault(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Debug, Message = "background work had failed when its owner ended: {Why}")]
    public static partial void BackgroundEnded(this ILogger logger, string why);

    [LoggerMessage(EventId = 2008, Level = LogLevel.Error, Message = "{Instance}: {What} failed ({Why}); it goes on without")]
    public static partial void ActFailed(this ILogger logger, string instance, string what, string why);

    [LoggerMessage(EventId = 2009, Level = LogLevel.Error, Message = "{Instance} has more in its mailbox than it can hold; one {Kind} was lost")]
    public static partial void EventLost(this ILogger logger, string instance, InstanceEventKind kind);
}
