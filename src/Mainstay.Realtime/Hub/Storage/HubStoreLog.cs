using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Hub.Storage;

/// <summary>What the hub's store says; ids 8400-8419.</summary>
internal static partial class HubStoreLog
{
    [LoggerMessage(EventId = 8400, Level = LogLevel.Error, Message = "the hub's database {Path} is damaged ({Finding}); it was put aside as {Aside}, and the hub begins with an empty one: what was queued in it is not sent by itself")]
    public static partial void PutAside(this ILogger log, string path, string aside, string finding);
}
