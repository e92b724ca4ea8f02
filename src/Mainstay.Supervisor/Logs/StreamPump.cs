using Mainstay.Contracts.Logs;

namespace Mainstay.Supervisor.Logs;

internal enum PumpOutcome
{
    /// <summary>The pipe is empty: wait until it is readable.</summary>
    Drained,

    /// <summary>There is more, but others have their turn now.</summary>
    More,

    /// <summary>The disk takes nothing: try again in a while, and leave the lines in the pipe meanwhile, so that the service waits.</summary>
    Refused,

    /// <summary>The disk has taken nothing for too long: what the pipe holds is counted and dropped, so that the service goes on.</summary>
    Dropping,
}

/// <summary>
/// Moves one stream from its pipe to the log. A disk that refuses makes the service wait for <see cref="Patience"/>; after that its lines
/// are dropped, counted, and the log says so as soon as it can: a full disk must not stop a service for good.
/// </summary>
internal sealed class StreamPump(IPipe pipe, Spool spool, ServiceLog log, LogStream stream, LogScratch scratch, TimeProvider time) : IDisposable
{
    /// <summary>How long a service is made to wait for the disk.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MoveBytes = LogScratch.BatchBytes;

    /// <summary>Pipe loads per turn, so that one loud service does not silence the others.</summary>
    private const int MovesPerTurn = 4;

    private long? _refusedSince;

    /// <summary>Why the disk refuses, in its words; null while it does not.</summary>
    public string? Refusal { get; private set; }

    public ServiceLog Log => log;

    /// <summary>Takes what is there, up to a fair share.</summary>
    public PumpOutcome Turn()
    {
        try
        {
            var outcome = Flow(MovesPerTurn);
            Accepted();
            return outcome;
        }
        catch (IOException e)
        {
            return Refuse(e);
        }
    }

    /// <summary>The process has ended: takes all that is in the pipe now and ends the last line. False when the disk refuses and a later call has to go on.</summary>
    /// <param name="moves">Pipe loads to take at most: a grandchild that goes on writing must not keep us.</param>
    public bool Finish(int moves)
    {
        try
        {
            Flow(moves);
            while (log.WriteLines(spool, stream, Unended.AsLine))
            {
            }

            ConfessDrops();
            Accepted();
        }
        catch (IOException e)
        {
            if (Refuse(e) is not PumpOutcome.Dropping)
            {
                return false;
            }

            log.NoteLoss(spool.Header.Instance, spool.Header.DroppedLines + CountLines(), spool.Header.DroppedBytes + spool.Backlog);
        }

        log.Detach(spool);
        pipe.Remove();
        spool.Remove();
        return true;
    }

    public void Dispose()
    {
        pipe.Dispose();
        spool.Dispose();
    }

    private PumpOutcome Flow(int moves)
    {
        WriteWholeLines();
        for (; moves > 0; moves--)
        {
            // What was dropped lay behind all that the spool holds, so the spool is emptied before anything new comes in.
            if (spool.Header.DroppedBytes > 0)
            {
                log.WriteLines(spool, stream, Unended.AsPart);
            }

            if (spool.Fill(pipe, MoveBytes) == 0)
            {
                return PumpOutcome.Drained;
            }

            ConfessDrops();
            WriteWholeLines();
        }

        return PumpOutcome.More;
    }

    private void WriteWholeLines()
    {
        while (log.WriteLines(spool, stream, Unended.Keep))
        {
        }

        spool.Compact(scratch.Input);
    }

    private void ConfessDrops()
    {
        var header = spool.Header;
        if (header.DroppedBytes > 0)
        {
            log.WriteRemark(header.Instance, $"{header.DroppedLines} lines ({header.DroppedBytes} bytes) of {(stream is LogStream.Out ? "stdout" : "stderr")} were dropped here: the disk took nothing for more than {Patience.TotalSeconds:0} s{(Refusal is null ? "" : $" ({Refusal})")}");
            spool.DropsConfessed();
        }
    }

    private PumpOutcome Refuse(IOException error)
    {
        _refusedSince ??= time.GetTimestamp();
        Refusal = error.Message;
        if (time.GetElapsedTime(_refusedSince.Value) < Patience)
        {
            return PumpOutcome.Refused;
        }

        Drop();
        return PumpOutcome.Dropping;
    }

    private void Accepted() => (_refusedSince, Refusal) = (null, null);

    private void Drop()
    {
        var (lines, bytes) = (0L, 0L);
        for (var moves = MovesPerTurn; moves > 0 && pipe.Read(scratch.Input) is var read and > 0; moves--)
        {
            lines += scratch.Input.AsSpan(0, read).Count((byte)'\n');
            bytes += read;
        }

        if (bytes > 0)
        {
            spool.Dropped(lines, bytes);
        }
    }

    private int CountLines()
    {
        var read = spool.Read(scratch.Input);
        return scratch.Input.AsSpan(0, read).Count((byte)'\n');
    }
}
