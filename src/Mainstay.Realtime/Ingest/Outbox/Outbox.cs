using System.Threading.Channels;
using Mainstay.Realtime.Adapters;
using Microsoft.Extensions.Logging;

namespace Mainstay.Realtime.Ingest.Outbox;

/// <summary>
/// From a record to the answer where it is safe: at the broker, or in a spool on this disk while the broker is away. Records keep the order of the calls, through every change.
/// The table of its modes: docs/state-machines/ingest-outbox.md.
/// </summary>
public sealed class Outbox
{
    private enum Mode
    {
        Direct,
        Spooling,
        Replaying,
        Joining,
    }

    private readonly IBroker _broker;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SpoolFolder _folder;
    private readonly SpoolReplay _replay;
    private readonly SpoolWriter _writer;
    private readonly BrokerLink _link;
    private readonly OutboxQueue _queue;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Mode _mode = Mode.Spooling;
    private IBrokerSession? _session;
    private string _warned = "";
    private string _untidy = "";
    private long _committed;
    private long _spooledBytes;
    private long _lost;

    public Outbox(IBroker broker, OutboxOptions options, TimeProvider time, Random random, ILogger log)
    {
        (_broker, _options, _time, _log) = (broker, options, time, log);
        _folder = new(options, time, log.Damaged);
        _replay = new(options, Wake, Lose, log.Damaged);
        _writer = new(options, _folder, _replay, log);
        Times = new(time);
        _queue = new(options, Times, Wake, Lose);
        _link = new(broker, options, time, random, log, Wake);
    }

    /// <summary>Told of every record that is given up, with the reason. Called from anywhere; must not block.</summary>
    public Action<StreamRecord, string> Lost { get; set; } = (_, _) => { };

    internal StoreTimes Times { get; }

    public OutboxHealth Health
    {
        get
        {
            var (up, cannot) = (Volatile.Read(ref _session) is { Ended.IsCompleted: false }, _writer.Cannot);
            return new(
                up,
                up || cannot.Length == 0,
                up ? "" : cannot.Length > 0 ? cannot : _link.Because,
                Volatile.Read(ref _spooledBytes),
                _queue.Confirmed + _replay.Confirmed,
                _writer.Written,
                Volatile.Read(ref _lost),
                _queue.Confirmed);
        }
    }

    /// <summary>Completes when the record is safe.</summary>
    /// <param name="canWait">The caller can be paused, so that what waits for it is bounded; what others bring is refused when too much waits.</param>
    /// <exception cref="OutboxFullException">Neither the broker nor the spool takes it, and the caller cannot wait. Told of as lost.</exception>
    /// <exception cref="RecordRefusedException">The broker will never take it. Told of as lost.</exception>
    /// <exception cref="OperationCanceledException">The outbox ended first; whether the record is stored is not known.</exception>
    public Task<StoredAt> StoreAsync(StreamRecord record, bool canWait)
    {
        if (_queue.Add(record, canWait) is { } entry)
        {
            return entry.Stored;
        }

        const string because = "neither the broker nor the spool takes records";
        Lose(record, because);
        return Task.FromException<StoredAt>(new OutboxFullException(because));
    }

    /// <summary>Works until stopped; then what is there is made safe, at the broker when it is there, else in the spool.</summary>
    /// <param name="giveUp">What is not safe by then is given up.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        using var pace = _time.CreateTimer(_ => Wake(), null, _options.Pace, _options.Pace);
        using var stopping = stop.Register(Wake);
        using var givingUp = giveUp.Register(Wake);
        var looked = long.MinValue;
        while (!giveUp.IsCancellationRequested)
        {
            if (looked == long.MinValue || _time.GetElapsedTime(looked) >= _options.LookForOrphans)
            {
                looked = _time.GetTimestamp();
                LookForOrphans();
            }

            var progressed = await StepAsync(giveUp);
            if (stop.IsCancellationRequested && IsAllSafe())
            {
                break;
            }

            if (!progressed)
            {
                await _wake.Reader.ReadAsync(CancellationToken.None);
            }
        }

        await EndAsync();
    }

    private async Task<bool> StepAsync(CancellationToken giveUp)
    {
        if (_session is { Ended.IsCompleted: true } ended)
        {
            FallBack(ended.Because);
            await ended.DisposeAsync();
        }

        if (_session is null && await _link.TakeAsync(giveUp) is { } begun)
        {
            _log.BrokerIsThere(_broker.Name, _replay.Records);
            if (begun.Warning.Length > 0 && begun.Warning != _warned)
            {
                _warned = begun.Warning;
                _log.Warned(_warned);
            }

            (_session, _mode) = (begun, Mode.Replaying);
            _replay.Restart();
        }

        var progressed = _mode switch
        {
            Mode.Direct => _queue.SendWaiting(),
            Mode.Spooling => await _writer.WriteAsync(_queue),
            Mode.Replaying => _replay.Advance(_session!) | await _writer.WriteAsync(_queue),
            Mode.Joining => _replay.Advance(_session!),
        };
        await TidyAsync();
        return TryJoin() || progressed;
    }

    /// <summary>With little left, what comes waits for the spool to be empty; when it is, the way is direct.</summary>
    private bool TryJoin()
    {
        if (_mode is Mode.Replaying && _replay.Left <= _options.JoinBytes && _replay.Spools.Count <= 1)
        {
            _mode = Mode.Joining;
            return true;
        }

        if (_mode is not Mode.Joining || !_replay.IsEmpty)
        {
            return false;
        }

        _mode = Mode.Direct;
        _queue.OpenDirect(_session!);
        if (_replay.Confirmed > 0)
        {
            _log.SpoolIsEmpty(_broker.Name);
        }

        return true;
    }

    private async Task TidyAsync()
    {
        Volatile.Write(ref _spooledBytes, _replay.Left);
        var isEmpty = _replay.IsEmpty;
        if (!isEmpty && _time.GetElapsedTime(_committed) < _options.Pace)
        {
            return;
        }

        _committed = _time.GetTimestamp();
        try
        {
            await _replay.TidyAsync(_folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, or a folder that is no longer ours: what was confirmed may be sent twice after a crash, and that is all.
            if (_untidy != e.Message)
            {
                _untidy = e.Message;
                _log.Damaged($"how far the spool has been sent could not be written: {e.Message}");
            }
        }
    }

    private void FallBack(string because)
    {
        _link.Lost(because);
        _queue.CloseDirect();
        (_session, _mode) = (null, Mode.Spooling);
    }

    private void LookForOrphans()
    {
        foreach (var orphan in _folder.TakeOver([.. _replay.Spools.Select(s => s.Directory)]))
        {
            if (!orphan.IsEmpty)
            {
                _log.SpoolTakenOver(orphan.Directory, orphan.Log.Next - orphan.Position);
            }

            _replay.Insert(orphan);
        }

        if (_mode is Mode.Direct && !_replay.IsEmpty)
        {
            // They were before what comes now. What is on its way to the broker waits again, and may be sent twice.
            _queue.CloseDirect();
            _mode = Mode.Replaying;
        }
    }

    private bool IsAllSafe() => _queue.IsEmpty && (_session is null || _replay.IsEmpty);

    private async Task EndAsync()
    {
        await _link.EndAsync();
        if (_session is { } session)
        {
            await session.DisposeAsync();
        }

        _queue.Abandon();
        foreach (var spool in _replay.Spools)
        {
            await _folder.CloseAsync(spool);
        }
    }

    private void Lose(StreamRecord record, string because)
    {
        // The first, and then with each doubling: a full disk must not fill the log as well.
        if (System.Numerics.BitOperations.IsPow2(Interlocked.Increment(ref _lost)))
        {
            _log.Lost(Volatile.Read(ref _lost), because);
        }

        Lost(record, because);
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
