using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Logs;

internal static partial class LogStoreLog
{
    [LoggerMessage(EventId = 2301, Level = LogLevel.Warning, Message = "{Instance}: its log cannot be written, so it will have to wait: {Reason}")]
    public static partial void LogRefused(this ILogger logger, string instance, string reason);

    [LoggerMessage(EventId = 2302, Level = LogLevel.Information, Message = "{Instance}: its log is written again")]
    public static partial void LogTakenAgain(this ILogger logger, string instance);

    [LoggerMessage(EventId = 2303, Level = LogLevel.Error, Message = "{Instance}: lines are being dropped, because its log could not be written for {Seconds} s: {Reason}")]
    public static partial void LinesDropped(this ILogger logger, string instance, int seconds, string reason);

    [LoggerMessage(EventId = 2304, Level = LogLevel.Error, Message = "the log worker failed at {Work}")]
    public static partial void LogWorkFailed(this ILogger logger, Exception error, string work);

    [LoggerMessage(EventId = 2305, Level = LogLevel.Warning, Message = "{Service}: a remark could not be written to its log: {Reason}")]
    public static partial void RemarkLost(this ILogger logger, string service, string reason);

    [LoggerMessage(EventId = 2306, Level = LogLevel.Information, Message = "{Spool}: what an ended run had left was written to its log")]
    public static partial void LeftoverWritten(this ILogger logger, string spool);

    [LoggerMessage(EventId = 2307, Level = LogLevel.Warning, Message = "{Spool}: what an ended run had left could not be written to its log, and stays for the next daemon: {Reason}")]
    public static partial void LeftoverRefused(this ILogger logger, string spool, string reason);
}
