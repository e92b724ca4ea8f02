namespace Mainstay.SegmentLog;

/// <summary>Reads one segment forwards, record by record, up to where it is readable at that moment.</summary>
internal sealed class SegmentReader(Segment segment, int maxRecordBytes)
{
    private const int Chunk = 256 * 1024;

    private byte[] _buffer = new byte[Chunk];
    private long _bufferAt;
    private int _filled;

    /// <summary>The offset of the record that comes next.</summary>
    public long Offset { get; private set; }

    /// <summary>Where it begins in the file.</summary>
    public long Position { get; private set; }

    /// <summary>Goes to a record of the segment, or behind its last.</summary>
    public void Seek(long offset)
    {
        (Offset, Position) = segment.Near(offset);
        while (Offset < offset && Skip())
        {
        }
    }

    /// <summary>Null at the end. Throws <see cref="LogDamagedException"/> for a record that is not what was written.</summary>
    public LogRecord? Next()
    {
        if (Body() is not { } body)
        {
            return null;
        }

        var record = RecordFormat.Read(Offset, body.ToArray());
        Advance(body.Length);
        return record;
    }

    /// <summary>Passes over a record, which is checked like any other; false at the end.</summary>
    public bool Skip()
    {
        if (Body() is not { } body)
        {
            return false;
        }

        Advance(body.Length);
        return true;
    }

    private void Advance(int body)
    {
        Offset++;
        Position += RecordFormat.PrefixBytes + body;
        segment.Passed(Offset, Position);
    }

    private ReadOnlyMemory<byte>? Body()
    {
        var end = segment.Length;
        if (Position >= end || Offset >= segment.End)
        {
            return null;
        }

        var prefix = Bytes(RecordFormat.PrefixBytes, end);
        if (prefix is not { } head || RecordFormat.BodyBytes(head.Span, maxRecordBytes) is not { } length
            || Bytes(RecordFormat.PrefixBytes + length, end) is not { } whole
            || !RecordFormat.IsWhole(whole.Span, whole.Span[RecordFormat.PrefixBytes..]))
        {
            throw new LogDamagedException(Offset, segment.End, FormattableString.Invariant($"record {Offset} in {segment.Path} at byte {Position} is not what was written"));
        }

        return whole[RecordFormat.PrefixBytes..];
    }

    /// <summary>So many bytes from where we are; null when the readable part ends before.</summary>
    private ReadOnlyMemory<byte>? Bytes(int count, long end)
    {
        if (Position + count > end)
        {
            return null;
        }

        if (Position < _bufferAt || Position + count > _bufferAt + _filled)
        {
            if (_buffer.Length < count)
            {
                _buffer = new byte[count];
            }

            _bufferAt = Position;
            _filled = segment.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - Position)), Position);
            if (_filled < count)
            {
                return null;
            }
        }

        return _buffer.AsMemory((int)(Position - _bufferAt), count);
    }
}
