namespace Mainstay.Contracts.Logs;

/// <summary>Reads the lines of one file in order. Holds at most one line and one read in memory.</summary>
internal sealed class ForwardScanner(OpenLogFile file, long offset) : IDisposable
{
    private const int ReadSize = 16 * 1024;

    /// <summary>Longer than any line that we write: what is longer than this is not ours and is cut, so that memory stays bounded.</summary>
    private const int MaxBuffer = 2 * LogLine.MaxLineBytes;

    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _end;

    /// <summary>Where the next line begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>The file was cut under us: begin again.</summary>
    public void Rewind() => (Offset, _start, _end) = (0, 0, 0);

    /// <summary>The next line that ends before <paramref name="end"/>; with <paramref name="final"/> also a last one without a line end. The line is valid until the next call.</summary>
    public bool TryNext(long end, bool final, out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var held = _buffer.AsSpan(_start, _end - _start);
            var found = held[searched..].IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = held[..(searched + found)];
                return Take(line.Length + 1, end);
            }

            searched = held.Length;
            if (searched >= MaxBuffer)
            {
                line = held;
                return Take(searched, end);
            }

            if (Fill(end) == 0)
            {
                line = _buffer.AsSpan(_start, _end - _start);
                return final && line.Length > 0 && Take(line.Length, end);
            }
        }
    }

    public void Dispose() => file.Dispose();

    private bool Take(int length, long end)
    {
        if (Offset + length > end)
        {
            return false;
        }

        _start += length;
        Offset += length;
        return true;
    }

    private int Fill(long end)
    {
        var at = Offset + (_end - _start);
        if (at >= end)
        {
            return 0;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(MaxBuffer, _buffer.Length * 2));
        }

        var read = file.Read(_buffer.AsSpan(_end), at);
        _end += read;
        return read;
    }
}
