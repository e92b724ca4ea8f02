using System.Text;
using Mainstay.Contracts.Logs;
using Microsoft.Extensions.Logging;

namespace Mainstay.Supervisor.Logs;

/// <summary>Gives a run that was taken over its newest lines back: what it wrote under an earlier daemon may explain how it ends under this one.</summary>
internal sealed class RunMemory(ILogDisk disk, LogTail tail, TimeProvider time, ILogger logger)
{
    public async ValueTask RecallAsync(LogCapture capture, ServiceLog log)
    {
        try
        {
            if (TakenOver(capture) is { } startedAt)
            {
                log.Recover();
                await ReadAsync(capture, startedAt).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogRefused(capture.Instance, e.Message);
        }
    }

    private async ValueTask ReadAsync(LogCapture capture, DateTimeOffset startedAt)
    {
        var query = new LogQuery([capture.Service.Value], [capture.Instance], RecentLines.MaxLines, startedAt);
        await foreach (var record in tail.ReadAsync(query, CancellationToken.None).ConfigureAwait(false))
        {
            if (record.Stream is not LogStream.Sys)
            {
                capture.Recent.Add(Encoding.UTF8.GetBytes(LogLine.Format(record) + "\n"));
            }
        }
    }

    /// <summary>When the run began, if an earlier daemon captured it.</summary>
    private DateTimeOffset? TakenOver(LogCapture capture)
    {
        foreach (var stream in new[] { LogStream.Out, LogStream.Err })
        {
            using var file = disk.FindSpool(capture.SpoolName(stream));
            if (file is not null)
            {
                return Spool.Open(file, capture.Service.Value, capture.Instance, time.GetUtcNow()).Header.StartedAt;
            }
        }

        return null;
    }
}
