using System.Text;

namespace Mainstay.Contracts.Logs;

/// <summary>
/// One service's records in order, across its files. Following survives rotation: a file is read by descriptor to its very end, its own
/// name tells whether it has been finished and as which number, and the next one is the lowest number above that, else the current file.
/// </summary>
internal sealed class LogFeed(string service, LogFolder folder, LogQuery query) : IDisposable
{
    private readonly Queue<int> _finished = new();
    private LogSnapshot _snapshot = new([], null, 0);
    private bool _snapshotLiveRead;
    private long _startOffset;

    private ForwardScanner? _scanner;
    private OpenLogFile? _file;
    private bool _isLive;

    private int _lastNumber;
    private DateTimeOffset _lastAt;
    private LogRecord? _gap;

    /// <summary>Takes over the snapshot's descriptor. Without a start, begins with the oldest file.</summary>
    public void Open(LogSnapshot snapshot, LogStart? start)
    {
        _snapshot = snapshot;
        _startOffset = start?.Offset ?? 0;
        var from = start is null ? 0 : start.Value.Number ?? int.MaxValue;
        foreach (var number in snapshot.Finished)
        {
            if (number >= from)
            {
                _finished.Enqueue(number);
            }
            else
            {
                _lastNumber = number;
            }
        }
    }

    /// <summary>The next record. False when there is none for now or, without following, for good.</summary>
    public bool TryNext(out LogRecord record)
    {
        while (_gap is null && (_scanner is not null || MoveToNextFile()))
        {
            while (_gap is null && _scanner!.TryNext(End, final: !_isLive, out var line))
            {
                if (TryRead(line, out record))
                {
                    return true;
                }
            }

            if (_gap is null && !LeaveFile())
            {
                break;
            }
        }

        (record, _gap) = (_gap!, null);
        return record is not null;
    }

    public void Dispose()
    {
        _snapshot.Live?.Dispose();
        _file?.Dispose();
    }

    private long End => _isLive && !query.Follow ? _snapshot.LiveLength : long.MaxValue;

    private bool TryRead(ReadOnlySpan<byte> line, out LogRecord record)
    {
        if (!LogLine.TryParse(line, out LogLineParts parts))
        {
            // A line torn by a power cut, or written by somebody else, is shown where it stands rather than hidden.
            record = new LogRecord(_lastAt, "", LogStream.Sys, Encoding.UTF8.GetString(line));
            return query.Instances.IsDefaultOrEmpty && (query.Since is null || _lastAt >= query.Since);
        }

        _lastAt = parts.At;
        record = LogSelection.Takes(query, parts) ? parts.ToRecord() : null!;
        return record is not null;
    }

    private bool MoveToNextFile()
    {
        while (_finished.TryDequeue(out var number))
        {
            NoteNumber(number);
            if (OpenLogFile.TryOpen(folder.Finished(number)) is { } file)
            {
                return Read(file, isLive: false);
            }

            _startOffset = 0;
        }

        if (!_snapshotLiveRead)
        {
            _snapshotLiveRead = true;
            if (_snapshot.Live is { } live)
            {
                _snapshot = _snapshot with { Live = null };
                return Read(live, isLive: true);
            }
        }

        return query.Follow && FindNewerFile();
    }

    /// <summary>The lowest finished number above the last one read; the current file only when there is none, asked after it was opened.</summary>
    private bool FindNewerFile()
    {
        var current = OpenLogFile.TryOpen(folder.Current);
        foreach (var number in folder.Numbers().Where(n => n > _lastNumber))
        {
            _finished.Enqueue(number);
        }

        if (_finished.Count > 0)
        {
            current?.Dispose();
            return MoveToNextFile();
        }

        return current is not null && Read(current, isLive: true);
    }

    private bool Read(OpenLogFile file, bool isLive)
    {
        _file = file;
        _isLive = isLive;
        _scanner = new ForwardScanner(file, _startOffset);
        _startOffset = 0;
        return true;
    }

    /// <summary>Everything that was in the file has been read. True when there is more to look at.</summary>
    private bool LeaveFile()
    {
        if (!_isLive)
        {
            _file!.Dispose();
            (_file, _scanner) = (null, null);
            return true;
        }

        if (!query.Follow)
        {
            return false;
        }

        var name = _file!.NameNow();
        if (!name.IsCurrent)
        {
            // Rotated, or removed by hand. What was written between our last read and the rename is read before we go on.
            _isLive = false;
            NoteNumber(name.Number ?? _lastNumber);
            return true;
        }

        if (_file.Length < _scanner!.Offset)
        {
            _scanner.Rewind();
            return true;
        }

        return false;
    }

    private void NoteNumber(int number)
    {
        if (_lastNumber > 0 && number > _lastNumber + 1)
        {
            _gap = new LogRecord(_lastAt, service, LogStream.Sys, $"{number - _lastNumber - 1} log files were rotated away before they could be read");
        }

        _lastNumber = Math.Max(_lastNumber, number);
    }
}
