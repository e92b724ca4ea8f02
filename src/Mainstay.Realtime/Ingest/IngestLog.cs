using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest;

/// <summary>What the ingest service says; ids 8200-8299. One line when a call begins and one when it ends, none per frame.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(EventId = 8200, Level = LogLevel.Information, Message = "call {Interaction} of {Tenant} began: session {Session} from frame {Next}, known {Known}")]
    public static partial void CallBegan(this ILogger log, string tenant, string interaction, string session, long next, bool known);

    [LoggerMessage(EventId = 8201, Level = LogLevel.Information, Message = "call {Interaction} of {Tenant} ended: session {Session}, {Frames} frames, {Lost} lost ({How})")]
    public static partial void CallEnded(this ILogger log, string tenant, string interaction, string session, long frames, long lost, string how);

    [LoggerMessage(EventId = 8203, Level = LogLevel.Error, Message = "frames {From} to {To} of session {Session} (call {Interaction} of {Tenant}) are lost: {Reason}")]
    public static partial void Gap(this ILogger log, string tenant, string interaction, string session, long from, long to, string reason);

    [LoggerMessage(EventId = 8220, Level = LogLevel.Information, Message = "{Dialect} call {Call} of {Tenant} began: session {Session}, {Encoding} at {Rate} Hz, assumed {Assumed}")]
    public static partial void CarrierCallBegan(this ILogger log, string dialect, string call, string tenant, string session, string encoding, int rate, bool assumed);

    [LoggerMessage(EventId = 8221, Level = LogLevel.Information, Message = "{Dialect} call {Call} of {Tenant} ended: session {Session}, {Frames} frames, {Lost} lost, {Malformed} messages ignored ({How})")]
    public static partial void CarrierCallEnded(this ILogger log, string dialect, string call, string tenant, string session, long frames, long lost, long malformed, string how);

    [LoggerMessage(EventId = 8222, Level = LogLevel.Warning, Message = "{Dialect} call {Call}: {Count} messages could not be read and were ignored")]
    public static partial void MessageIgnored(this ILogger log, string dialect, string call, long count);

    [LoggerMessage(EventId = 8223, Level = LogLevel.Warning, Message = "{Dialect} call {Call}: messages {From} to {To} did not come; that is hole {Number}")]
    public static partial void CarrierHole(this ILogger log, string dialect, string call, long from, long to, long number);

    [LoggerMessage(EventId = 8224, Level = LogLevel.Information, Message = "{Calls} calls of carriers stay until they end, {Minutes} minutes at most")]
    public static partial void CallsStay(this ILogger log, int calls, long minutes);

    [LoggerMessage(
        EventId = 8225,
        Level = LogLevel.Warning,
        Message = "{Path} is longer than the {Most} bytes that the path of a socket may have: /v1/calls reaches the calls of the process that is asked only, not those of the others. Give Mainstay a home with a shorter path (MAINSTAY_HOME)")]
    public static partial void NoPeers(this ILogger log, string path, int most);
}
