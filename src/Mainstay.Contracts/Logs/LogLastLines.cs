namespace Mainstay.Contracts.Logs;

/// <summary>Walks one service's records from the newest to the oldest, without keeping any of them.</summary>
internal sealed class LogLastLines : IDisposable
{
    private readonly LogFolder _folder;
    private readonly LogSnapshot _snapshot;
    private readonly LogQuery _query;
    private BackwardScanner? _scanner;
    private int _next;

    public LogLastLines(LogFolder folder, LogSnapshot snapshot, LogQuery query)
    {
        (_folder, _snapshot, _query) = (folder, snapshot, query);
        _next = snapshot.Finished.Length - 1;
        _scanner = snapshot.Live is null ? null : new BackwardScanner(snapshot.Live);
        Number = null;
    }

    /// <summary>When the record was written that <see cref="MoveBack"/> found.</summary>
    public DateTimeOffset At { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Where that record stands.</summary>
    public LogStart Start => new(Number, _scanner!.Offset);

    private int? Number { get; set; }

    /// <summary>Goes to the next older record that the query takes. False when there is none.</summary>
    public bool MoveBack()
    {
        while (_scanner is not null || OpenOlder())
        {
            while (_scanner!.TryPrevious(Number is null ? _snapshot.LiveLength : _scanner.File.Length, out var line))
            {
                if (!LogLine.TryParse(line, out LogLineParts parts))
                {
                    if (_query.Instances.IsDefaultOrEmpty)
                    {
                        return true;
                    }
                }
                else if (parts.At < _query.Since)
                {
                    return false;
                }
                else if (LogSelection.Takes(_query, parts))
                {
                    At = parts.At;
                    return true;
                }
            }

            CloseFinished();
        }

        return false;
    }

    public void Dispose() => CloseFinished();

    private bool OpenOlder()
    {
        while (_next >= 0)
        {
            var number = _snapshot.Finished[_next--];
            if (OpenLogFile.TryOpen(_folder.Finished(number)) is { } file)
            {
                (_scanner, Number) = (new BackwardScanner(file), number);
                return true;
            }
        }

        return false;
    }

    private void CloseFinished()
    {
        if (Number is not null)
        {
            _scanner?.File.Dispose();
        }

        _scanner = null;
    }
}
