using System.Threading.Channels;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>
/// The hub's one writer: everything that happens comes through its mailbox, is decided in memory, saved together, and done only then (docs/decisions, one writer for the hub). What could not be saved is
/// not done; its queues and rooms are read again from the store.
/// </summary>
internal sealed partial class HubActor : IAsyncDisposable
{
    private const int MaxMailbox = 10_000;

    /// <summary>Inputs that share a write: enough to share a sync among many, few enough that nobody waits long.</summary>
    private const int MaxBatch = 256;

    private readonly Channel<HubInput> _mailbox = Channel.CreateBounded<HubInput>(new BoundedChannelOptions(MaxMailbox) { SingleReader = true });
    private readonly Queue<HubInput> _own = [];
    private readonly HubContext _context;
    private readonly TimeProvider _time;
    private readonly ITimer _alarm;
    private readonly DeviceBook _devices = new();
    private readonly NoticeDesk _notices;
    private readonly RequestDesk _requests;
    private readonly RoomDesk _rooms;
    private readonly StatusDesk _statuses;
    private readonly LinkDesk _links;
    private readonly HashSet<IHubClient> _clients = [];
    private DateTimeOffset? _retryStoreAt;
    private bool _draining;
    private volatile bool _canStore = true;

    public HubActor(HubContext context, TimeProvider time)
    {
        (_context, _time) = (context, time);
        _notices = new(context);
        _requests = new(context, _devices, _notices, _own.Enqueue);
        _rooms = new(context);
        _statuses = new(context);
        _links = new(context, _devices, _statuses);

        // A full mailbox needs no waking: every batch looks at what is due.
        _alarm = time.CreateTimer(_ => _mailbox.Writer.TryWrite(new HubInput.Woke()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The last write went through.</summary>
    public bool CanStore => _canStore;

    /// <summary>Waits while the mailbox is full: whoever reads a connection is held up, and with it the peer.</summary>
    public ValueTask PostAsync(HubInput input, CancellationToken token) => _mailbox.Writer.WriteAsync(input, token);

    /// <exception cref="RequestStoreException">What was there before cannot be read, and no request must be taken.</exception>
    public async Task StartAsync(CancellationToken token)
    {
        var now = _context.Now();
        _devices.Restore(await _context.Store.ReadDevicesAsync(token));
        var records = await _context.Store.ReadAllAsync(token);
        _notices.Restore(await _context.Store.ReadNoticesAsync(token));
        var batch = new HubBatch();
        var queues = records.GroupBy(r => r.Spec.Target.Device).ToArray();
        foreach (var queue in queues)
        {
            _requests.Restore(batch, queue.Key, queue, now);
        }

        await _context.Store.SaveAsync(batch.Changes, token);
        Do(batch.Actions(saved: true));
        _context.Log.Restored(records.Length, queues.Length);
    }

    public async Task RunAsync(CancellationToken token)
    {
        SetAlarm();
        while (await _mailbox.Reader.WaitToReadAsync(token))
        {
            do
            {
                await TakeBatchAsync();
            }
            while (_own.Count > 0);

            SetAlarm();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _mailbox.Writer.TryComplete();
        await _alarm.DisposeAsync();
    }

    private async Task TakeBatchAsync()
    {
        var batch = new HubBatch();
        try
        {
            var now = _context.Now();
            await RetryStoreAsync(batch, now);
            _requests.Woke(batch, now);
            _statuses.Woke(batch, now);
            _notices.Trim(batch);
            for (var i = 0; i < MaxBatch && (_own.TryDequeue(out var input) || _mailbox.Reader.TryRead(out input)); i++)
            {
                await HandleAsync(batch, input, now);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody knows how far it came: all that is in memory only is given up.
            _context.Log.Failed(e);
            batch.Queues.UnionWith(_requests.Devices);
            batch.Rooms.UnionWith(_rooms.Open);
            Undo(batch);
            return;
        }

        await CommitAsync(batch);
    }

    private async Task CommitAsync(HubBatch batch)
    {
        if (batch.Changes is { IsEmpty: false } changes)
        {
            try
            {
                // Not ended by a stop: what was decided is written whole, or not at all.
                var began = _time.GetTimestamp();
                await _context.Store.SaveAsync(changes, CancellationToken.None);
                _context.Metrics.StoreSeconds.Observe(_time.GetElapsedTime(began).TotalSeconds);
            }
            catch (RequestStoreException e)
            {
                _context.Metrics.StoreFailures.Add();
                if (_canStore)
                {
                    _context.Log.StoreFailed(e.Message);
                }

                Undo(batch);
                return;
            }

            if (!_canStore)
            {
                _canStore = true;
                _context.Log.StoreWorks();
            }
        }

        Do(batch.Actions(saved: true));
    }

    private void Undo(HubBatch batch)
    {
        _canStore = false;
        _retryStoreAt ??= _context.Now() + _context.Limits.StoreRetry;
        foreach (var device in batch.Queues)
        {
            _requests.Drop(device);
        }

        foreach (var room in batch.Rooms)
        {
            _rooms.Drop(room);
        }

        Do(batch.Actions(saved: false));
    }

    /// <summary>One failing action, like a peer's fault, must not keep the others from being done.</summary>
    private void Do(IEnumerable<Action> actions)
    {
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _context.Log.Failed(e);
            }
        }
    }

    private async Task RetryStoreAsync(HubBatch batch, DateTimeOffset now)
    {
        if (_retryStoreAt is not { } at || at > now)
        {
            return;
        }

        _retryStoreAt = null;
        foreach (var device in _requests.Lost.ToArray())
        {
            try
            {
                _requests.Restore(batch, device, await _context.Store.ReadAsync(device, CancellationToken.None), now);
            }
            catch (RequestStoreException)
            {
                _retryStoreAt = now + _context.Limits.StoreRetry;
                return;
            }
        }
    }

    private void SetAlarm()
    {
        DateTimeOffset?[] dues = [_requests.NextDue, _statuses.NextDue, _retryStoreAt];
        var wait = dues.Min() is { } due ? due - _context.Now() : Timeout.InfiniteTimeSpan;

        // A timer's longest is some weeks; nothing here waits longer than a day, and waking for nothing does no harm.
        _alarm.Change(wait == Timeout.InfiniteTimeSpan ? wait : wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : wait, Timeout.InfiniteTimeSpan);
    }
}
