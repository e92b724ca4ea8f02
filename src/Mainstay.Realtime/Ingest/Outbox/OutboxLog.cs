using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>What an outbox says; ids 8100-8199.</summary>
internal static partial class OutboxLog
{
    [LoggerMessage(EventId = 8100, Level = LogLevel.Information, Message = "the broker {Broker} is there; {Records} records wait in the spool for it")]
    public static partial void BrokerIsThere(this ILogger log, string broker, long records);

    [LoggerMessage(EventId = 8101, Level = LogLevel.Warning, Message = "the broker {Broker} is away ({Because}); records go into the spool")]
    public static partial void BrokerIsAway(this ILogger log, string broker, string because);

    [LoggerMessage(EventId = 8102, Level = LogLevel.Information, Message = "the spool is empty: everything is at the broker {Broker}")]
    public static partial void SpoolIsEmpty(this ILogger log, string broker);

    [LoggerMessage(EventId = 8103, Level = LogLevel.Warning, Message = "took over the spool {Directory} that another process left: {Records} records")]
    public static partial void SpoolTakenOver(this ILogger log, string directory, long records);

    [LoggerMessage(EventId = 8104, Level = LogLevel.Error, Message = "nothing can be stored: {Because}")]
    public static partial void CannotStore(this ILogger log, string because);

    [LoggerMessage(EventId = 8105, Level = LogLevel.Information, Message = "records can be stored again")]
    public static partial void CanStoreAgain(this ILogger log);

    [LoggerMessage(EventId = 8106, Level = LogLevel.Error, Message = "{Count} records were lost: {Because}")]
    public static partial void Lost(this ILogger log, long count, string because);

    [LoggerMessage(EventId = 8107, Level = LogLevel.Error, Message = "{What}")]
    public static partial void Damaged(this ILogger log, string what);

    [LoggerMessage(EventId = 8108, Level = LogLevel.Warning, Message = "{What}")]
    public static partial void Warned(this ILogger log, string what);
}
