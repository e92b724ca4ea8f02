using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What the hub says; ids 8300-8399.</summary>
internal static partial class HubLog
{
    [LoggerMessage(EventId = 8300, Level = LogLevel.Information, Message = "{Client} is connected")]
    public static partial void Connected(this ILogger log, string client);

    [LoggerMessage(EventId = 8301, Level = LogLevel.Information, Message = "{Client} is gone")]
    public static partial void Gone(this ILogger log, string client);

    [LoggerMessage(EventId = 8302, Level = LogLevel.Information, Message = "request {Request} {Op} to {Target} is {Phase}: {Because} (corr {Correlation})")]
    public static partial void RequestMoved(this ILogger log, string request, string op, string target, string phase, string because, string correlation);

    [LoggerMessage(EventId = 8303, Level = LogLevel.Warning, Message = "{Target} did request {Request}, which had ended as {Phase}; its askers were told that it was not done (corr {Correlation})")]
    public static partial void Contradicted(this ILogger log, string target, string request, string phase, string correlation);

    [LoggerMessage(EventId = 8304, Level = LogLevel.Error, Message = "{Because}; requests and events are refused until it works again")]
    public static partial void StoreFailed(this ILogger log, string because);

    [LoggerMessage(EventId = 8305, Level = LogLevel.Information, Message = "the hub's database works again")]
    public static partial void StoreWorks(this ILogger log);

    [LoggerMessage(EventId = 8306, Level = LogLevel.Error, Message = "the hub failed on an input; what it was about is read again from the database")]
    public static partial void Failed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 8307, Level = LogLevel.Warning, Message = "room {Room} could not go on from what was stored ({Because}); it begins a new epoch")]
    public static partial void NewEpoch(this ILogger log, string room, string because);

    [LoggerMessage(EventId = 8308, Level = LogLevel.Information, Message = "{Requests} requests of {Devices} devices were read from the database")]
    public static partial void Restored(this ILogger log, int requests, int devices);

    [LoggerMessage(EventId = 8309, Level = LogLevel.Information, Message = "a connection was closed with {Code}: {Because}")]
    public static partial void Closed(this ILogger log, int code, string because);

    [LoggerMessage(EventId = 8314, Level = LogLevel.Error, Message = "a connection could not be looked after")]
    public static partial void PulseFailed(this ILogger log, Exception exception);

    [LoggerMessage(EventId = 8311, Level = LogLevel.Error, Message = "the webhook was not told of request {Request}: too many notices wait")]
    public static partial void NoticeDropped(this ILogger log, string request);

    [LoggerMessage(EventId = 8312, Level = LogLevel.Error, Message = "the webhook was not told of request {Request}: it has taken no notice of it for a day")]
    public static partial void NoticeGivenUp(this ILogger log, string request);

    [LoggerMessage(EventId = 8313, Level = LogLevel.Warning, Message = "the webhook did not take the notice of request {Request} ({Because}); it is told again in about {Seconds} s")]
    public static partial void NoticeRefused(this ILogger log, string request, string because, double seconds);

    [LoggerMessage(EventId = 8310, Level = LogLevel.Information, Message = "the connection of {Device} has {Change} from {From} to {To}")]
    public static partial void LinkChanged(this ILogger log, string device, string change, string from, string to);
}
