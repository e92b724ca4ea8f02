using System.Buffers.Binary;
using System.Globalization;
using Mainstay.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Mainstay.SegmentLog;

/// <summary>
/// One file of a log, named for the offset of its first record. It begins with a head of 32 bytes (magic, that offset, when it was begun, their crc); then records follow.
/// Readers see what <see cref="Commit"/> has told of: bytes that are on disk.
/// </summary>
internal sealed class Segment : IDisposable
{
    public const int HeadBytes = 32;

    /// <summary>So far apart are the records whose places are remembered.</summary>
    private const int MarkEvery = 64 * 1024;

    private static readonly byte[] s_magic = "MSTLOG1\0"u8.ToArray();

    private readonly SafeFileHandle _file;
    private readonly Lock _gate = new();
    private readonly List<(long Offset, long Position)> _marks;
    private long _length = HeadBytes;
    private long _count;

    private Segment(string path, long first, SafeFileHandle file, DateTimeOffset newest)
    {
        (Path, First, _file, Newest) = (path, first, file, newest);
        _marks = [(first, HeadBytes)];
    }

    public string Path { get; }

    /// <summary>Offset of its first record.</summary>
    public long First { get; }

    /// <summary>Offset of the record that will come after its last.</summary>
    public long End => First + Volatile.Read(ref _count);

    /// <summary>Bytes that readers may read.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>When its newest record was appended; of a segment that was there before this process, when its file was last written.</summary>
    public DateTimeOffset Newest { get; private set; }

    public static string NameOf(long first) => first.ToString("D20", CultureInfo.InvariantCulture) + ".seg";

    /// <summary>The file and its name are on disk when this returns.</summary>
    public static Segment Create(string directory, long first, DateTimeOffset now)
    {
        var path = System.IO.Path.Combine(directory, NameOf(first));

        // One that a process left which died before it had flushed the head holds no record.
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            Span<byte> head = stackalloc byte[HeadBytes];
            head.Clear();
            s_magic.CopyTo(head);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], first);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], now.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteUInt32LittleEndian(head[24..], Crc32C.Of(head[..24]));
            RandomAccess.Write(file, head, 0);
            RandomAccess.FlushToDisk(file);
            DurableFile.SyncDirectory(directory);
            return new(path, first, file, now);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A file that is there; null when its head is not what a head is. Nothing of it is readable before <see cref="Adopt"/>.</summary>
    public static Segment? Open(string path, long first)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        Span<byte> head = stackalloc byte[HeadBytes];
        if (ReadAll(file, head, 0) == HeadBytes && IsHead(head, first))
        {
            return new(path, first, file, new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero));
        }

        file.Dispose();
        return null;
    }

    public static bool IsHead(ReadOnlySpan<byte> head, long first) =>
        head[..8].SequenceEqual(s_magic)
        && BinaryPrimitives.ReadInt64LittleEndian(head[8..]) == first
        && BinaryPrimitives.ReadUInt32LittleEndian(head[24..]) == Crc32C.Of(head[..24]);

    public long BytesInFile => RandomAccess.GetLength(_file);

    /// <summary>What was found in the file when the log was opened is readable.</summary>
    public void Adopt(long count, long length)
    {
        Volatile.Write(ref _count, count);
        Volatile.Write(ref _length, length);
    }

    /// <summary>Writes behind what is readable. What a failed write leaves there is overwritten by the next.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => RandomAccess.Write(_file, bytes, _length);

    /// <summary>Throws when the disk did not take it; then nobody knows what is on it (docs/decisions, a log of segments).</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <summary>What was written and flushed is readable.</summary>
    public void Commit(long bytes, long count, DateTimeOffset newest)
    {
        Passed(End, _length);
        Newest = newest;
        Volatile.Write(ref _length, _length + bytes);
        Volatile.Write(ref _count, _count + count);
    }

    /// <summary>Takes away what lies behind the readable end, and says so to the disk.</summary>
    public void Truncate()
    {
        RandomAccess.SetLength(_file, _length);
        RandomAccess.FlushToDisk(_file);
    }

    public int Read(Span<byte> buffer, long position) => ReadAll(_file, buffer, position);

    /// <summary>A place at or before a record, as near as one is remembered.</summary>
    public (long Offset, long Position) Near(long offset)
    {
        lock (_gate)
        {
            var at = _marks.BinarySearch((offset, long.MaxValue));
            return _marks[Math.Max(0, (at < 0 ? ~at : at) - 1)];
        }
    }

    /// <summary>Whoever reads along remembers the way for the next.</summary>
    public void Passed(long offset, long position)
    {
        lock (_gate)
        {
            if (position - _marks[^1].Position >= MarkEvery)
            {
                _marks.Add((offset, position));
            }
        }
    }

    public void Delete()
    {
        File.Delete(Path);
        Dispose();
    }

    public void Dispose() => _file.Dispose();

    private static int ReadAll(SafeFileHandle file, Span<byte> buffer, long position)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(file, buffer[read..], position + read) is var some and > 0)
        {
            read += some;
        }

        return read;
    }
}
