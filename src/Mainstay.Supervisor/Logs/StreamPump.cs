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
/// <param name="open">Opens the stream's spool and attaches it to the log; asked again when the disk refused.</param>
internal sealed class StreamPump(IPipe pipe, Func<Spool> open, ServiceLog log, string instance, LogStream stream, LogScratch scratch, TimeProvider time) : IDisposable
{
    /// <summary>How long a service is made to wait for the disk.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MoveBytes = LogScratch.BatchBytes;

    /// <summary>So that one loud service does not silence the others.</summary>
    private const long BytesPerTurn = 1024 * 1024;

    private Spool? _spool;
    private long? _refusedSince;

    /// <summary>Why the disk refuses, in its words; null while it does not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Bytes that the last turn took from the pipe.</summary>
    public long LastMoved { get; private set; }

    /// <summary>Takes what is there, up to a fair share.</summary>
    public PumpOutcome Turn()
    {
        try
        {
            LastMoved = 0;
            var outcome = Flow(_spool ??= open(), BytesPerTurn);
            Accepted();
            return outcome;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return Refuse(e);
        }
    }

    /// <summary>The process has ended: takes all that is in the pipe now and ends the last line. False when the disk refuses and a later call has to go on.</summary>
    /// <param name="enough">Bytes after which it stops: a grandchild that goes on writing must not keep us.</param>
    public bool Finish(long enough)
    {
        try
        {
            LastMoved = 0;
            var spool = _spool ??= open();
            Flow(spool, enough);
            CloseGap(spool);
            WriteAll(spool, Unended.AsLine);
            Accepted();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            if (Refuse(e) is not PumpOutcome.Dropping)
            {
                return false;
            }

            GiveUp();
        }

        if (_spool is not null)
        {
            log.Detach(_spool);
            _spool.Remove();
        }

        pipe.Remove();
        return true;
    }

    public void Dispose()
    {
        pipe.Dispose();
        _spool?.Dispose();
    }

    private PumpOutcome Flow(Spool spool, long enough)
    {
        WriteWholeLines(spool);
        while (LastMoved < enough)
        {
            var moved = spool.Fill(pipe, MoveBytes);
            if (moved == 0)
            {
                CloseGap(spool);
                return PumpOutcome.Drained;
            }

            LastMoved += moved;
            WriteWholeLines(spool);
        }

        return PumpOutcome.More;
    }

    private void WriteWholeLines(Spool spool)
    {
        WriteAll(spool, Unended.Keep);
        if (spool.HasMoreBehindGap)
        {
            CloseGap(spool);
            WriteAll(spool, Unended.Keep);
        }

        spool.Compact(scratch.Input);
    }

    private void WriteAll(Spool spool, Unended unended)
    {
        while (log.WriteLines(spool, stream, unended))
        {
        }
    }

    /// <summary>Writes what came before the dropped lines, and then how many they were.</summary>
    private void CloseGap(Spool spool)
    {
        if (spool.HasGap)
        {
            WriteAll(spool, Unended.AsPart);
            var header = spool.Header;
            log.WriteRemark(header.Instance, $"{header.DroppedLines} lines ({header.DroppedBytes} bytes) of {(stream is LogStream.Out ? "stdout" : "stderr")} were dropped here: the disk took nothing for {Patience.TotalSeconds:0} s{(Refusal is null ? "" : $" ({Refusal})")}");
            spool.DropsConfessed();
        }
    }

    // Linux says no in two ways that .NET tells apart: a full or broken disk, and one that became read-only or somebody else's.
    private static bool IsRefusal(Exception error) => error is IOException or UnauthorizedAccessException;

    private PumpOutcome Refuse(Exception error)
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
        if (_spool is { HasMoreBehindGap: true })
        {
            var cut = _spool.CutBehindGap(scratch.Input);
            (lines, bytes) = (cut.Count((byte)'\n'), cut.Length);
        }

        while (bytes < BytesPerTurn && pipe.Read(scratch.Input) is var read and > 0)
        {
            lines += scratch.Input.AsSpan(0, read).Count((byte)'\n');
            bytes += read;
        }

        if (bytes > 0 && _spool is not null)
        {
            _spool.Dropped(lines, bytes);
        }
        else if (bytes > 0)
        {
            log.NoteLoss(instance, lines, bytes);
        }
    }

    private void GiveUp()
    {
        if (_spool is not null)
        {
            var read = _spool.Read(scratch.Input);
            var lines = scratch.Input.AsSpan(0, read).Count((byte)'\n');
            log.NoteLoss(instance, _spool.Header.DroppedLines + lines, _spool.Header.DroppedBytes + _spool.Backlog);
        }
    }
}
