using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Adoption;

internal static partial class AdoptionLog
{
    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "the journal cannot be written ({Why}); services are kept running, acts are refused, and writing is tried again")]
    public static partial void JournalRefused(this ILogger logger, string why);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "the journal can be written again; {Records} records were written late")]
    public static partial void JournalWritable(this ILogger logger, int records);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Information, Message = "{Instance} was adopted: {Run} is process {Pid}")]
    public static partial void Adopted(this ILogger logger, string instance, string run, int pid);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning, Message = "{Instance} could not be adopted: {Run} is gone")]
    public static partial void Gone(this ILogger logger, string instance, string run);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Information, Message = "took over {Services} services with {Processes} running processes in {Took}")]
    public static partial void TookOver(this ILogger logger, int services, int processes, TimeSpan took);
}
