using Mainstay.Contracts.Api;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Stacks;

internal static partial class StackLog
{
    [LoggerMessage(EventId = 2201, Level = LogLevel.Information, Message = "{Service}: {Because}")]
    public static partial void ServiceMoved(this ILogger logger, string service, string because);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Information, Message = "operation {Number} {Verb} began")]
    public static partial void OperationBegan(this ILogger logger, long number, string verb);

    [LoggerMessage(EventId = 2203, Level = LogLevel.Information, Message = "operation {Number} {Verb} ended: {Summary}")]
    public static partial void OperationEnded(this ILogger logger, long number, string verb, string summary);

    [LoggerMessage(EventId = 2204, Level = LogLevel.Warning, Message = "the edge could not be told about {Service} ({Why}); it is told again")]
    public static partial void PublishFailed(this ILogger logger, string service, string why);

    [LoggerMessage(EventId = 2205, Level = LogLevel.Warning, Message = "the drain of {Instance} could not be followed ({Why}); it is stopped now")]
    public static partial void DrainFailed(this ILogger logger, string instance, string why);

    [LoggerMessage(EventId = 2206, Level = LogLevel.Error, Message = "the stack's loop met a fault of Mainstay's own")]
    public static partial void LoopFault(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2207, Level = LogLevel.Error, Message = "{Service} was planned {Rounds} times in a row and is not settled")]
    public static partial void PlanningGoesInCircles(this ILogger logger, string service, int rounds);

    [LoggerMessage(EventId = 2208, Level = LogLevel.Information, Message = "{External} is {Health}: {Because}")]
    public static partial void ExternalMoved(this ILogger logger, string external, Health health, string because);

    [LoggerMessage(EventId = 2209, Level = LogLevel.Error, Message = "the operation {Verb} met a fault of Mainstay's own")]
    public static partial void OperationFault(this ILogger logger, Exception exception, string verb);

    [LoggerMessage(EventId = 2210, Level = LogLevel.Error, Message = "{Service} could not be planned, by a fault of Mainstay's own; it is planned again at its next news")]
    public static partial void PlanFault(this ILogger logger, Exception exception, string service);

    [LoggerMessage(EventId = 2211, Level = LogLevel.Error, Message = "whoever asked for the operation {Verb} could not be told of a step: {Why}")]
    public static partial void TellingFault(this ILogger logger, string verb, string why);
}
