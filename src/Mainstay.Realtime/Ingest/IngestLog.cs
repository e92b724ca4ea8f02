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
}
