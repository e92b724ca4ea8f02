using Mainstay.Spec.Model;

namespace Mainstay.Supervisor.Logs;

/// <summary>The one writer of each service's log. Its files are open only while somebody writes there.</summary>
internal sealed class ServiceLogs(ILogDisk disk, LogScratch scratch, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, ServiceLog> _logs = new(StringComparer.Ordinal);

    /// <param name="limits">Null leaves them as they are; where none are known yet, nothing is deleted for them.</param>
    public ServiceLog Of(string service, LogsSpec? limits)
    {
        if (!_logs.TryGetValue(service, out var log))
        {
            _logs[service] = log = new ServiceLog(service, disk, scratch, time) { Limits = LogsSpec.Default with { MaxFiles = int.MaxValue } };
        }

        log.Limits = limits ?? log.Limits;
        return log;
    }

    public void CloseWhenQuiet(string service)
    {
        if (_logs.TryGetValue(service, out var log) && !log.HasStreams)
        {
            log.Close();
        }
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values)
        {
            log.Dispose();
        }
    }
}
