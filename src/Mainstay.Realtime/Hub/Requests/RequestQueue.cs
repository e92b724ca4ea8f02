using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Requests;

/// <summary>
/// The requests of one device: whose turn it is, which keys are known, what is due. Serial for each target: nothing is sent while something is sent, accepted or unsure, and nothing overtakes. It has one
/// writer, and neither clock nor store: each call gives a <see cref="QueueDecision"/>. Times are on the hub's clock, which never goes back.
/// </summary>
internal sealed class RequestQueue(DeviceAddress device, RequestPolicy policy)
{
    private readonly Dictionary<RequestId, RequestRecord> _requests = [];
    private readonly Dictionary<string, RequestId> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<long, RequestId>> _live = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset Due, long Order, RequestId Id)> _due = new(Comparer<(DateTimeOffset Due, long Order, RequestId Id)>.Create(
        (a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Order.CompareTo(b.Order)));

    private long? _connection;
    private long _lastConnection;
    private long _lastOrder;
    private long _bytes;
    private int _liveCount;

    public DeviceAddress Device => device;

    public bool IsConnected => _connection is not null;

    /// <summary>The number of its connection, or null.</summary>
    public long? Connection => _connection;

    /// <summary>When <see cref="Woke"/> is to be called, or null.</summary>
    public DateTimeOffset? NextDue => _due.Count > 0 ? _due.Min.Due : null;

    /// <summary>Nothing is lost if it is dropped from memory.</summary>
    public bool IsEmpty => _requests.Count == 0 && _connection is null;

    /// <summary>Those that have not ended.</summary>
    public int LiveCount => _liveCount;

    public IEnumerable<RequestRecord> All => _requests.Values;

    public RequestRecord? Find(RequestId id) => _requests.GetValueOrDefault(id);

    public RequestRecord? FindByKey(string key) => _keys.TryGetValue(key, out var id) ? _requests[id] : null;

    /// <summary>The queue as a hub before this one left it. No device is connected; what was under way is in doubt.</summary>
    public static (RequestQueue Queue, QueueDecision Decision) Restore(DeviceAddress device, IEnumerable<RequestRecord> records, RequestPolicy policy, DateTimeOffset now)
    {
        var queue = new RequestQueue(device, policy);
        foreach (var record in records.Where(r => r.Spec.Target.Device == device))
        {
            queue.Keep(record);
            queue._lastOrder = Math.Max(queue._lastOrder, record.Order);
        }

        var changes = new QueueChanges();
        queue.ApplyToAll(changes, RequestEventKind.Restarted, now);
        queue.FireTimers(changes, now);
        return (queue, queue.Decide(changes, now));
    }

    /// <param name="id">For the request, if it is a new one.</param>
    /// <param name="spec">To this device.</param>
    /// <param name="now">On the hub's clock.</param>
    public AskAnswer Ask(RequestId id, RequestSpec spec, DateTimeOffset now)
    {
        // A key whose time is over must not be answered with an old outcome only because no timer fired yet.
        var changes = new QueueChanges();
        FireTimers(changes, now);
        var hash = PayloadHash.Of(spec.Target, spec.Op, spec.Data);
        if (FindByKey(spec.Key) is { } known)
        {
            var same = known.Hash == hash;
            var decision = Decide(changes, now);
            return same ? new(AskVerdict.Known, _requests[known.Id], decision) : new(AskVerdict.KeyConflict, null, decision);
        }

        var waits = spec.Ttl > TimeSpan.Zero;
        var expires = now + (waits ? spec.Ttl : policy.AckWithin);
        var request = new RequestRecord(id, spec, hash, _lastOrder + 1, now, expires, RequestPhase.Queued, 0, false, null, null, expires, expires, null, "waits for its turn");
        if (_liveCount >= policy.MaxLive || _requests.Count >= policy.MaxKept || _bytes + request.Size > policy.MaxBytes)
        {
            return new(AskVerdict.QueueFull, null, Decide(changes, now));
        }

        if (!waits && !IsConnected)
        {
            return new(AskVerdict.DeviceOffline, null, Decide(changes, now));
        }

        _lastOrder++;
        Keep(request);
        changes.Save(request);
        changes.Do(RequestEffectKind.Tell, request);
        var taken = Decide(changes, now);
        return new(AskVerdict.Taken, _requests[id], taken);
    }

    /// <param name="connection">Greater than that of every connection of this device before.</param>
    /// <param name="now">On the hub's clock.</param>
    public QueueDecision Connected(long connection, DateTimeOffset now)
    {
        if (connection <= _lastConnection)
        {
            return QueueDecision.Nothing;
        }

        (_connection, _lastConnection) = (connection, connection);
        var changes = new QueueChanges();
        ApplyToAll(changes, RequestEventKind.Connected, now);
        return Decide(changes, now);
    }

    /// <summary>The end of a connection that was replaced already means nothing.</summary>
    public QueueDecision Disconnected(long connection, DateTimeOffset now)
    {
        if (connection != _connection)
        {
            return QueueDecision.Nothing;
        }

        _connection = null;
        var changes = new QueueChanges();
        ApplyToAll(changes, RequestEventKind.Disconnected, now);
        return Decide(changes, now);
    }

    /// <summary>What the device, its connection or an asker says of one request. One that is not known any more changes nothing.</summary>
    public QueueDecision Heard(RequestId id, RequestEvent e, DateTimeOffset now)
    {
        var changes = new QueueChanges();
        Apply(changes, id, e, now);
        return Decide(changes, now);
    }

    /// <summary>Something may be due.</summary>
    public QueueDecision Woke(DateTimeOffset now)
    {
        var changes = new QueueChanges();
        FireTimers(changes, now);
        return Decide(changes, now);
    }

    private void FireTimers(QueueChanges changes, DateTimeOffset now)
    {
        foreach (var (_, _, id) in _due.TakeWhile(d => d.Due <= now).ToArray())
        {
            Apply(changes, id, new(RequestEventKind.TimerFired), now);
        }
    }

    private void ApplyToAll(QueueChanges changes, RequestEventKind kind, DateTimeOffset now)
    {
        var late = _requests.Values.Where(r => r.Phase is RequestPhase.Unknown).OrderByDescending(r => r.Order).Take(policy.MaxLateQuestions);
        foreach (var request in _requests.Values.Where(r => !r.Phase.HasEnded()).OrderBy(r => r.Order).Concat(late).ToArray())
        {
            Apply(changes, request.Id, new(kind), now);
        }
    }

    private void Apply(QueueChanges changes, RequestId id, RequestEvent e, DateTimeOffset now)
    {
        if (!_requests.TryGetValue(id, out var before))
        {
            return;
        }

        var transition = RequestMachine.Next(before, e, policy, now);
        if (transition.Next != before)
        {
            Drop(before);
            Keep(transition.Next);
            changes.Save(transition.Next);
        }

        foreach (var effect in transition.Effects)
        {
            switch (effect)
            {
                case RequestEffectKind.Forget:
                    Drop(transition.Next);
                    changes.Forget(id);
                    break;

                // Whoever is not there is asked when it comes.
                case RequestEffectKind.AskStatus or RequestEffectKind.SendCancel when !IsConnected:
                    break;
                default:
                    changes.Do(effect, transition.Next);
                    break;
            }
        }
    }

    /// <summary>Gives turns until nobody can have one, and closes the list.</summary>
    private QueueDecision Decide(QueueChanges changes, DateTimeOffset now)
    {
        if (IsConnected)
        {
            foreach (var part in _live.Keys.ToArray())
            {
                while (Head(part) is { Phase: RequestPhase.Queued } head && (head.NotBefore is null || head.NotBefore <= now))
                {
                    Apply(changes, head.Id, new(RequestEventKind.TurnCame), now);
                }
            }
        }

        return changes.Close();
    }

    private RequestRecord? Head(string part) => _live.TryGetValue(part, out var line) ? _requests[line.First().Value] : null;

    private void Keep(RequestRecord request)
    {
        _requests[request.Id] = request;
        _keys[request.Spec.Key] = request.Id;
        _due.Add((request.Due, request.Order, request.Id));
        _bytes += request.Size;
        if (!request.Phase.HasEnded())
        {
            _liveCount++;
            if (!_live.TryGetValue(request.Spec.Target.Part, out var line))
            {
                _live[request.Spec.Target.Part] = line = [];
            }

            line[request.Order] = request.Id;
        }
    }

    private void Drop(RequestRecord request)
    {
        _requests.Remove(request.Id);
        _keys.Remove(request.Spec.Key);
        _due.Remove((request.Due, request.Order, request.Id));
        _bytes -= request.Size;
        if (!request.Phase.HasEnded())
        {
            _liveCount--;
            var line = _live[request.Spec.Target.Part];
            line.Remove(request.Order);
            if (line.Count == 0)
            {
                _live.Remove(request.Spec.Target.Part);
            }
        }
    }
}
