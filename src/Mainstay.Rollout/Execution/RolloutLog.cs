using Microsoft.Extensions.Logging;

namespace Mainstay.Rollout.Execution;

internal static partial class RolloutLog
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "rollout {Number}: {Phase}, {Because}")]
    public static partial void RolloutMoved(this ILogger logger, long number, string phase, string because);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "rollout {Number} waits: the journal cannot be written ({Why})")]
    public static partial void RolloutWaitsForJournal(this ILogger logger, long number, string why);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "rollout {Number}: step {Step} met a fault of Mainstay's own")]
    public static partial void StepFault(this ILogger logger, Exception fault, long number, string step);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "rollout {Number} goes on in {Phase}: the daemon that walked it is gone")]
    public static partial void RolloutTakenOver(this ILogger logger, long number, string phase);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Warning, Message = "rollout {Number}: what its end leaves to do was not done ({Why})")]
    public static partial void AftermathFailed(this ILogger logger, Exception fault, long number, string why);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Error, Message = "rollout {Number} cannot go on: the journal no longer has what it worked with")]
    public static partial void RolloutLost(this ILogger logger, long number);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Error, Message = "rollout {Number}: event {Event} met a fault of Mainstay's own")]
    public static partial void RolloutFault(this ILogger logger, Exception fault, long number, string @event);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Warning, Message = "a rollout that ended long ago is no longer understood and is left out ({Why})")]
    public static partial void RolloutLeftOut(this ILogger logger, string why);

    [LoggerMessage(EventId = 3009, Level = LogLevel.Warning, Message = "rollout {Number}: what was made of its releases could not be removed ({Why})")]
    public static partial void RolloutKeepsUnfinished(this ILogger logger, long number, string why);
}
