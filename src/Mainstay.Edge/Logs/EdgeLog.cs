using Microsoft.Extensions.Logging;

namespace Mainstay.Edge.Logs;

/// <summary>Everything an edge worker says; ids 5000-5999.</summary>
internal static partial class EdgeLog
{
    [LoggerMessage(EventId = 5000, Level = LogLevel.Information, Message = "serving {Listeners}, control socket {Socket}")]
    public static partial void Serving(this ILogger log, string listeners, string socket);

    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "snapshot {Version} in force: {Routes} routes, {Services} services")]
    public static partial void SnapshotApplied(this ILogger log, long version, int routes, int services);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "the daemon connected")]
    public static partial void DaemonConnected(this ILogger log);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "the daemon is away ({Cause}); serving on with snapshot {Version}")]
    public static partial void DaemonAway(this ILogger log, string cause, long version);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Error, Message = "a line on the control socket is not a command: {Cause}")]
    public static partial void BadCommand(this ILogger log, string cause);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Information, Message = "draining: {Because}; idle grace {IdleGrace} s, requests {DrainTimeout} s, WebSockets {WebSockets} s")]
    public static partial void Draining(this ILogger log, string because, double idleGrace, double drainTimeout, double webSockets);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Information, Message = "drained: cut {Requests} requests and {WebSockets} WebSockets")]
    public static partial void Drained(this ILogger log, int requests, int webSockets);

    [LoggerMessage(EventId = 5007, Level = LogLevel.Error, Message = "the control session failed; the traffic goes on")]
    public static partial void SessionFailed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 5008, Level = LogLevel.Warning, Message = "a connection on the control socket could not be accepted, trying again: {Cause}")]
    public static partial void AcceptFailed(this ILogger log, string cause);

    [LoggerMessage(EventId = 5010, Level = LogLevel.Error, Message = "request {CorrelationId} failed inside the edge")]
    public static partial void RequestFailed(this ILogger log, string correlationId, Exception exception);

    [LoggerMessage(EventId = 5011, Level = LogLevel.Warning, Message = "request {CorrelationId}, {Method} {Path} for {Service}: answered {Status} {Kind}{Story}")]
    public static partial void Answered(this ILogger log, string correlationId, string method, string path, string service, int status, string kind, string story);

    [LoggerMessage(EventId = 5012, Level = LogLevel.Warning, Message = "{Count} more requests were answered like the last ones")]
    public static partial void MoreAnswered(this ILogger log, int count);

    [LoggerMessage(EventId = 5013, Level = LogLevel.Error, Message = "request {CorrelationId}: what was done once cannot be kept: {Cause}")]
    public static partial void OnceUnavailable(this ILogger log, string correlationId, string cause);

    [LoggerMessage(EventId = 5020, Level = LogLevel.Warning, Message = "trusted_proxies: \"{Entry}\" is neither an address nor a range, and trusts nobody")]
    public static partial void UnreadableProxy(this ILogger log, string entry);

    [LoggerMessage(EventId = 5021, Level = LogLevel.Warning, Message = "error pages in {Directory}: {Cause}")]
    public static partial void NoErrorPages(this ILogger log, string directory, string cause);

    [LoggerMessage(EventId = 5022, Level = LogLevel.Error, Message = "instance {Instance} has no IP address but \"{Address}\", and gets no request")]
    public static partial void UnreadableAddress(this ILogger log, string instance, string address);

    [LoggerMessage(EventId = 5030, Level = LogLevel.Error, Message = "the certificate for {Host} cannot be used, {Instead}: {Cause}")]
    public static partial void BadCertificate(this ILogger log, string host, string instead, string cause);
}
