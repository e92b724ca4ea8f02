using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Serving;

/// <summary>What a realtime server says; ids 8000-8099.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(EventId = 8000, Level = LogLevel.Information, Message = "{Service} serves on port {Port}")]
    public static partial void Serving(this ILogger log, string service, int port);

    [LoggerMessage(EventId = 8001, Level = LogLevel.Information, Message = "draining: {Because}")]
    public static partial void Draining(this ILogger log, string because);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Information, Message = "drained")]
    public static partial void Drained(this ILogger log);

    [LoggerMessage(EventId = 8003, Level = LogLevel.Error, Message = "a connection failed inside the service")]
    public static partial void ConnectionFailed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 8004, Level = LogLevel.Information, Message = "refused a connection to {Path} with {Status} {Code}: {Because}")]
    public static partial void Refused(this ILogger log, string path, int status, string code, string because);
}
