using Mainstay.Realtime.Adapters;
using Mainstay.SegmentLog;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>One spool: a log, and how much of it the broker has confirmed.</summary>
internal sealed class Spool : IAsyncDisposable
{
    private const string Group = "broker";

    private readonly DurableLog _log;
    private readonly LogGroup _confirmed;
    private long _position;

    public Spool(string directory, DurableLog log)
    {
        (Directory, _log, _confirmed) = (directory, log, log.Group(Group));

        // Where the group was never written, or retention has passed it by.
        _position = Math.Max(_confirmed.Position, log.First);
    }

    public string Directory { get; }

    public DurableLog Log => _log;

    /// <summary>Nothing is left that the broker has not confirmed.</summary>
    public bool IsEmpty => _position >= _log.Next;

    /// <summary>About how many bytes are left.</summary>
    public long Left => IsEmpty ? 0 : (_log.Next - _position) * (_log.Bytes / Math.Max(1, _log.Next - _log.First));

    /// <summary>The first record that the broker has not confirmed.</summary>
    public long Position => _position;

    /// <summary>The next records to send, up to a number of bytes, with the position behind them. What is damaged is passed over, and told of.</summary>
    public (List<StreamRecord> Records, long End) Read(long from, int maxBytes, Action<string> damaged)
    {
        var records = new List<StreamRecord>();
        var (bytes, end) = (0, Math.Max(from, _log.First));
        try
        {
            foreach (var record in _log.Read(end))
            {
                if (RecordForm.Read(record) is { } whole)
                {
                    records.Add(whole);
                    bytes += whole.Body.Length;
                }

                end = record.Offset + 1;
                if (bytes >= maxBytes)
                {
                    break;
                }
            }
        }
        catch (LogDamagedException e)
        {
            damaged($"records {e.Offset} to {e.NextReadable - 1} of the spool {Directory} are not what was written: {e.Message}");
            end = e.NextReadable;
        }

        return (records, end);
    }

    /// <summary>The broker has everything before this one. Written to disk by <see cref="Commit"/>.</summary>
    public void Confirm(long position) => _position = position;

    /// <summary>Writes how far it has come, and trims.</summary>
    public void Commit()
    {
        if (_confirmed.Position != _position)
        {
            _confirmed.Commit(_position);
            Trim();
        }
    }

    /// <summary>What is before it is not to be sent any more. When the disk does not take that, it is as before.</summary>
    public void GiveUp(long position)
    {
        _confirmed.Commit(position);
        _position = position;
    }

    /// <summary>Gives back the disk of what is behind.</summary>
    public void Trim() => _log.TrimBefore(_position);

    public ValueTask DisposeAsync() => _log.DisposeAsync();
}
