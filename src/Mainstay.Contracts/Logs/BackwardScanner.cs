namespace Mainstay.Contracts.Logs;

/// <summary>Reads the lines of one file from its end to its beginning, for "the last N lines".</summary>
internal sealed class BackwardScanner(OpenLogFile file)
{
    private const int ReadSize = 64 * 1024;
    private const int MaxWindow = 2 * LogLine.MaxLineBytes;

    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;
    private long _end = -1;

    /// <summary>Where the line begins that was returned last.</summary>
    public long Offset => _end;

    public OpenLogFile File => file;

    /// <summary>The line before the one returned last, or in the first call before <paramref name="limit"/>.</summary>
    public bool TryPrevious(long limit, out ReadOnlySpan<byte> line)
    {
        line = default;
        _end = _end < 0 ? limit : _end;
        if (_end == 0)
        {
            return false;
        }

        // The byte before _end is this line's own line end (or, in a torn file, its last byte).
        var hasEnd = EndsWithLineEnd();
        var start = FindLineEndBefore(hasEnd ? _end - 1 : _end) + 1;
        line = Window(start, _end)[..(int)(_end - start - (hasEnd ? 1 : 0))];
        _end = start;
        return true;
    }

    private bool EndsWithLineEnd() => _end > 0 && Window(_end - 1, _end)[0] == '\n';

    /// <summary>Offset of the last line end before <paramref name="before"/>, or -1. What is too long to be a line of ours is cut where the window ends.</summary>
    private long FindLineEndBefore(long before)
    {
        for (long size = ReadSize; ; size = Math.Min(size * 2, MaxWindow))
        {
            var from = Math.Max(0, before - size);
            var found = Window(from, before).LastIndexOf((byte)'\n');
            if (found >= 0)
            {
                return from + found;
            }

            if (from == 0 || size == MaxWindow)
            {
                return from - 1;
            }
        }
    }

    private ReadOnlySpan<byte> Window(long from, long to)
    {
        if (from < _windowStart || to > _windowStart + _windowLength)
        {
            // One read serves many short lines: take more than was asked for, backwards.
            _windowStart = Math.Max(0, Math.Min(from, to - ReadSize));
            _windowLength = (int)(to - _windowStart);
            if (_window.Length < _windowLength)
            {
                _window = new byte[Math.Max(ReadSize, _windowLength)];
            }

            var read = 0;
            while (read < _windowLength && file.Read(_window.AsSpan(read, _windowLength - read), _windowStart + read) is var got and > 0)
            {
                read += got;
            }

            // A file that was cut under us reads as line ends: nothing is invented, nothing blocks.
            _window.AsSpan(read, _windowLength - read).Fill((byte)'\n');
        }

        return _window.AsSpan((int)(from - _windowStart), (int)(to - from));
    }
}
