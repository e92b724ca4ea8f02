using Mainstay.Realtime.Adapters;
using Mainstay.SegmentLog;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>Puts what waits into the spool, many records by one flush, and knows why it cannot. Belongs to the outbox's loop.</summary>
internal sealed class SpoolWriter(OutboxOptions options, SpoolFolder folder, SpoolReplay replay, ILogger log)
{
    private volatile string _cannot = "";
    private long _written;

    /// <summary>Why the spool takes nothing; empty while it does. Read from everywhere.</summary>
    public string Cannot => _cannot;

    /// <summary>Records that are safe because of it. Read from everywhere.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>One batch. What the spool does not take waits in front again. True when there was something to do and it was done.</summary>
    public async Task<bool> WriteAsync(OutboxQueue queue)
    {
        var batch = queue.Take(options.SpoolBatchBytes);
        if (batch.Count == 0)
        {
            return false;
        }

        try
        {
            if (replay.Spools.Count == 0)
            {
                replay.Append(folder.Make());
            }

            // Not to be cancelled: of a flush that was given up, nobody could say what is stored.
            await replay.Written.Log.AppendAsync(batch.ConvertAll(e => RecordForm.Write(e.Record)).ToArray(), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            queue.PutBack(batch);
            return MakeRoom(e);
        }

        batch.ForEach(e => e.Settle(StoredAt.Spool));
        queue.Done();
        Wrote(batch.Count);
        return true;
    }

    private bool MakeRoom(Exception because)
    {
        try
        {
            switch (because)
            {
                // What is stored in it can still be read; a new one is written.
                case LogBrokenException:
                    replay.Append(folder.Make());
                    log.Damaged(because.Message);
                    return true;
                case LogFullException when options.WhenFull is SpoolFull.DropOldest && replay.DropOldest("the spool is full"):
                    return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The same disk says no again: the first reason is the one to tell.
        }

        if (_cannot.Length == 0)
        {
            log.CannotStore(because.Message);
        }

        _cannot = because.Message;
        return false;
    }

    private void Wrote(int count)
    {
        Interlocked.Add(ref _written, count);
        if (_cannot.Length > 0)
        {
            _cannot = "";
            log.CanStoreAgain();
        }
    }
}
