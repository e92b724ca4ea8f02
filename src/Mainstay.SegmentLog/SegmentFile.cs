using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Mainstay.SegmentLog;

/// <summary>One segment as somebody sees it who does not write it. Retention may remove its name meanwhile; what is open stays readable.</summary>
internal sealed class SegmentFile : IDisposable
{
    private const int Chunk = 256 * 1024;

    private readonly SafeFileHandle _file;
    private byte[] _buffer = new byte[Chunk];
    private long _bufferAt;
    private int _filled;
    private long _position = Segment.HeadBytes;

    private SegmentFile(SafeFileHandle file, long first, DateTimeOffset begun) => (_file, First, Offset, Begun) = (file, first, first, begun);

    public long First { get; }

    /// <summary>Of the record that comes next.</summary>
    public long Offset { get; private set; }

    public DateTimeOffset Begun { get; }

    /// <summary>Null when it is not there, or has no whole head yet.</summary>
    public static SegmentFile? Open(string directory, long first)
    {
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(Path.Combine(directory, Segment.NameOf(first)), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        Span<byte> head = stackalloc byte[Segment.HeadBytes];
        if (RandomAccess.Read(file, head, 0) == head.Length && Segment.IsHead(head, first))
        {
            return new(file, first, DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(head[16..])));
        }

        file.Dispose();
        return null;
    }

    /// <summary>Null where no whole record stands (yet): then the file is read anew the next time.</summary>
    public LogRecord? Next(int maxRecordBytes)
    {
        if (Whole(maxRecordBytes) is not { } whole)
        {
            _filled = 0;
            return null;
        }

        var record = RecordFormat.Read(Offset, whole[RecordFormat.PrefixBytes..].ToArray());
        (Offset, _position) = (Offset + 1, _position + whole.Length);
        return record;
    }

    public void Dispose() => _file.Dispose();

    private ReadOnlyMemory<byte>? Whole(int maxRecordBytes) =>
        Bytes(RecordFormat.PrefixBytes) is { } prefix && RecordFormat.BodyBytes(prefix.Span, maxRecordBytes) is { } length
        && Bytes(RecordFormat.PrefixBytes + length) is { } whole && RecordFormat.IsWhole(whole.Span, whole.Span[RecordFormat.PrefixBytes..])
            ? whole
            : (ReadOnlyMemory<byte>?)null;

    private ReadOnlyMemory<byte>? Bytes(int count)
    {
        if (_position < _bufferAt || _position + count > _bufferAt + _filled)
        {
            if (_buffer.Length < count)
            {
                _buffer = new byte[count];
            }

            (_bufferAt, _filled) = (_position, 0);
            while (_filled < _buffer.Length && RandomAccess.Read(_file, _buffer.AsSpan(_filled), _position + _filled) is var some and > 0)
            {
                _filled += some;
            }

            if (_filled < count)
            {
                return null;
            }
        }

        return _buffer.AsMemory((int)(_position - _bufferAt), count);
    }
}
