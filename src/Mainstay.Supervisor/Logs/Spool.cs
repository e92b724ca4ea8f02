namespace Mainstay.Supervisor.Logs;

/// <summary>
/// The bytes of one stream that have left the pipe and are not yet all in the log. They survive the daemon; the head of the file says
/// which of them are done with.
/// </summary>
internal sealed class Spool : IDisposable
{
    private readonly byte[] _slot = new byte[SpoolHeader.SlotSize];
    private readonly ISpoolFile _file;
    private readonly SpoolSizes _sizes;
    private SpoolHeader _header;
    private long _sequence;
    private long _lookedAt;
    private bool _unsaved;

    private Spool(ISpoolFile file, SpoolHeader header, long sequence, SpoolSizes sizes)
    {
        (_file, _header, _sequence, _sizes) = (file, header, sequence, sizes);
        End = Math.Max(file.Length, SpoolHeader.DataStart);
    }

    public ISpoolFile File => _file;

    public SpoolHeader Header => _header;

    /// <summary>Where the next captured byte goes.</summary>
    public long End { get; private set; }

    /// <summary>Bytes that are not yet in the log; where lines were dropped, those before the gap.</summary>
    public long Backlog => Limit - _header.Processed;

    /// <summary>Lines were dropped, and the log does not say so yet.</summary>
    public bool HasGap => _header.DroppedBytes > 0;

    /// <summary>Something came in after the lines that were dropped.</summary>
    public bool HasMoreBehindGap => HasGap && End > _header.GapAt;

    private long Limit => HasGap ? _header.GapAt : End;

    /// <summary>Where lines of this stream are remembered for explanations; null when nobody wants them.</summary>
    public RecentLines? Recent { get; set; }

    /// <summary>Whether bytes came since <see cref="LookedAt"/>.</summary>
    public bool HasNews => _lookedAt != Limit;

    /// <summary>Opens a spool. What an earlier daemon left in it is found again; what it was made with then counts instead of the arguments.</summary>
    public static Spool Open(ISpoolFile file, string service, string instance, DateTimeOffset now, SpoolSizes? sizes = null)
    {
        Span<byte> head = stackalloc byte[SpoolHeader.DataStart];
        var read = file.Read(head, 0);
        var header = SpoolHeader.Decode(head[..read], out var sequence);
        var spool = new Spool(file, header ?? new SpoolHeader(service, instance, now, 1, SpoolHeader.DataStart), sequence, sizes ?? SpoolSizes.Default);
        if (header is null)
        {
            spool.Save(spool._header);
        }
        else if (header.Processed > spool.End)
        {
            // Died between cutting the file and saying so: all that was in it is done.
            spool.Save(header with { Generation = header.Generation + 1, Processed = SpoolHeader.DataStart });
        }

        return spool;
    }

    /// <summary>Bytes from the first that is not yet in the log.</summary>
    public int Read(Span<byte> buffer) => ReadAt(buffer, _header.Processed);

    public int ReadAt(Span<byte> buffer, long offset)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, Limit - offset)];
        var read = 0;
        while (read < buffer.Length && _file.Read(buffer[read..], offset + read) is var got and > 0)
        {
            read += got;
        }

        return read;
    }

    /// <summary>Takes what the pipe holds, at most <paramref name="count"/> bytes. 0 when it is empty.</summary>
    public int Fill(IPipe pipe, int count)
    {
        if (_unsaved)
        {
            // The head still counts in offsets of before the cut: bytes behind them would pass for done.
            Save(_header);
        }

        var moved = pipe.MoveTo(_file, End, count);
        End += moved;
        return moved;
    }

    /// <summary>No line is whole in what is there now.</summary>
    public void LookedAt() => _lookedAt = Limit;

    /// <summary>Everything before <paramref name="offset"/> is in the log.</summary>
    public void Done(long offset) => Save(_header with { Processed = offset });

    /// <summary>Counts what was lost behind the end of the spool.</summary>
    public void Dropped(long lines, long bytes) => SaveWhenPossible(_header with
    {
        DroppedLines = _header.DroppedLines + lines,
        DroppedBytes = _header.DroppedBytes + bytes,
        GapAt = Limit,
    });

    /// <summary>Gives up what came in after a gap, so that there is one gap and not two. Returns what that was.</summary>
    public ReadOnlySpan<byte> CutBehindGap(Span<byte> scratch)
    {
        var read = _file.Read(scratch[..(int)Math.Min(scratch.Length, End - _header.GapAt)], _header.GapAt);
        _file.Truncate(_header.GapAt);
        End = _header.GapAt;
        return scratch[..read];
    }

    public void DropsConfessed() => SaveWhenPossible(_header with { DroppedLines = 0, DroppedBytes = 0, GapAt = 0 });

    /// <summary>Gives done bytes back to the disk when it is worth it.</summary>
    public void Compact(Span<byte> scratch)
    {
        if (HasGap)
        {
            return;
        }

        if (Backlog == 0 && End > _sizes.TruncateAbove)
        {
            // In this order: a head that points past the end of the file says by itself that the file was cut.
            _file.Truncate(SpoolHeader.DataStart);
            _unsaved = true;
            Restart(SpoolHeader.DataStart);
            Save(_header);
        }
        else if (End > _sizes.CompactAbove && Backlog < scratch.Length - SpoolHeader.DataStart)
        {
            var rest = Read(scratch[SpoolHeader.DataStart..]);
            var next = _header with { Generation = _header.Generation + 1, Processed = SpoolHeader.DataStart };
            scratch[..SpoolHeader.DataStart].Clear();
            var slot = scratch.Slice(Slots.IndexOf(_sequence + 1) * SpoolHeader.SlotSize, SpoolHeader.SlotSize);
            Slots.Seal(slot, _sequence + 1, next.Encode(slot[Slots.Overhead..]));
            _file.Replace(scratch[..(SpoolHeader.DataStart + rest)]);
            _sequence++;
            Restart(SpoolHeader.DataStart + rest);
        }
    }

    public void Remove() => _file.Remove();

    public void Dispose() => _file.Dispose();

    private void Restart(long end)
    {
        _header = _header with { Generation = _header.Generation + 1, Processed = SpoolHeader.DataStart };
        (End, _lookedAt) = (end, 0);
    }

    /// <summary>For counts of what a refusing disk has cost: if it refuses them too, they are known to this daemon only until it takes something.</summary>
    private void SaveWhenPossible(SpoolHeader header)
    {
        _header = header;
        try
        {
            Save(header);
        }
        catch (IOException)
        {
            _unsaved = true;
        }
    }

    private void Save(SpoolHeader header)
    {
        var sequence = _sequence + 1;
        var slot = Slots.Seal(_slot, sequence, header.Encode(_slot.AsSpan(Slots.Overhead)));
        _file.Write(slot, Slots.IndexOf(sequence) * SpoolHeader.SlotSize);
        (_header, _sequence, _unsaved) = (header, sequence, false);
    }
}

/// <param name="TruncateAbove">Above this, done bytes are given back to the disk as soon as no line is incomplete: a quiet service keeps at most so much.</param>
/// <param name="CompactAbove">Above this, also while a line is incomplete.</param>
internal sealed record SpoolSizes(long TruncateAbove, long CompactAbove)
{
    public static SpoolSizes Default { get; } = new(64 * 1024, 4 * 1024 * 1024);
}
