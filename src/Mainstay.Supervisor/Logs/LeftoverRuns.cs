using Mainstay.Contracts.Logs;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Logs;

/// <summary>Writes what runs have left that ended while no daemon was there, and clears their pipes away.</summary>
internal sealed class LeftoverRuns(LinuxLogDisk disk, ServiceLogs logs, LogScratch scratch, TimeProvider time, ILogger logger)
{
    public void Sweep(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            try
            {
                Finish(name);
            }
            catch (Exception e)
            {
                // It stays for the next daemon; the others need not.
                logger.LeftoverRefused(name, e.Message);
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
        var written = false;
        try
        {
            using var pump = new StreamPump(LinuxPipe.Open(disk.FifoPath(name), null), () => spool, log, instance, stream, scratch, time);
            written = pump.Finish(LogWorker.BytesAtEnd);
        }
        finally
        {
            if (!written)
            {
                log.Detach(spool);
                spool.Dispose();
            }

            logs.CloseWhenQuiet(service);
        }

        if (written)
        {
            logger.LeftoverWritten(name);
        }
    }
}
