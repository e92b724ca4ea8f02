using Mainstay.Contracts.Logs;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Logs;

/// <summary>Writes what runs have left that ended while no daemon was there, and clears their pipes away.</summary>
internal sealed class LeftoverRuns(LinuxLogDisk disk, ServiceLogs logs, LogScratch scratch, TimeProvider time, ILogger logger)
{
    /// <param name="goesOn">Whether a run, by its id, still has a process or a capture.</param>
    public void Sweep(Func<string, bool> goesOn)
    {
        foreach (var name in disk.PipeNames())
        {
            if (!goesOn(Path.GetFileNameWithoutExtension(name)))
            {
                Finish(name);
            }
        }
    }

    private void Finish(string name)
    {
        if (disk.FindSpool(name) is not { } file)
        {
            // Nothing was ever read from it, so nobody knows whose it is.
            disk.RemoveFifo(name);
            return;
        }

        var spool = Spool.Open(file, name, name, time.GetUtcNow());
        var (service, instance) = (spool.Header.Service, spool.Header.Instance);
        var log = logs.Of(service, null);
        log.Attach(spool);
        var stream = Path.GetExtension(name) == ".err" ? LogStream.Err : LogStream.Out;
        using var pump = new StreamPump(LinuxPipe.Open(disk.FifoPath(name), null), () => spool, log, instance, stream, scratch, time);
        if (pump.Finish(LogWorker.BytesAtEnd))
        {
            logger.LeftoverWritten(name);
        }
        else
        {
            log.Detach(spool);
        }

        logs.CloseWhenQuiet(service);
    }
}
