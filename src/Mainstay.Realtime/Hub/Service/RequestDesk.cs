using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Notices;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Streams;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>Takes requests, hands them to devices, and tells askers. Decisions are the queues'; this carries them out once they are on disk.</summary>
/// <param name="post">Into the hub's own mailbox, without waiting.</param>
internal sealed class RequestDesk(HubContext context, DeviceBook devices, NoticeDesk notices, Action<HubInput> post)
{
    private readonly Dictionary<DeviceAddress, RequestQueue> _queues = [];
    private readonly Dictionary<RequestId, DeviceAddress> _where = [];
    private readonly RequestExecutor _executor = new(context, devices, post);
    private readonly RequestLimits _limits = new(context.Limits.Rates);
    private readonly HashSet<DeviceAddress> _lost = [];

    /// <summary>Who reads what becomes of all requests of a branch.</summary>
    public StreamDesk Streams => _executor.Streams;

    /// <summary>Queues whose store has to be read again before anything is done for them.</summary>
    public IReadOnlyCollection<DeviceAddress> Lost => _lost;

    public IEnumerable<DeviceAddress> Devices => _queues.Keys;

    /// <summary>When a queue has something to do.</summary>
    public DateTimeOffset? NextDue => _queues.Values.Min(q => q.NextDue);

    /// <summary>Of all that is kept.</summary>
    public IEnumerable<RequestPhase> Phases => _queues.Values.SelectMany(q => q.All).Select(r => r.Phase);

    public int Waiting(DeviceAddress device) => _queues.TryGetValue(device, out var queue) ? queue.LiveCount : 0;

    public bool Subject(IHubClient client, DateTimeOffset now) => _limits.Subject(client.Who, now);

    public LimitVerdict Message(IHubClient client, DateTimeOffset now) => _limits.Message(client.Session, now);

    /// <summary>Begins, or begins again, with what the store has.</summary>
    public void Restore(HubBatch batch, DeviceAddress device, IEnumerable<RequestRecord> records, DateTimeOffset now)
    {
        var (queue, decision) = RequestQueue.Restore(device, records, context.Limits.Requests, now);
        _queues[device] = queue;
        _lost.Remove(device);
        foreach (var record in queue.All)
        {
            _where[record.Id] = device;
        }

        Apply(batch, device, decision);
        if (devices.Online(device) is { } client)
        {
            Apply(batch, device, queue.Connected(client.Number, now));
        }
    }

    /// <summary>What is in memory is ahead of the store, which could not be written.</summary>
    public void Drop(DeviceAddress device)
    {
        _queues.Remove(device);
        _lost.Add(device);
    }

    public void Ask(HubBatch batch, IAsker asker, Identity who, HubMessage.Request asked, DateTimeOffset now)
    {
        if (AccessRules.MayAsk(who, asked.To, asked.Op) is not { } target)
        {
            Refuse(batch, asker, RequestRefusals.NotAllowed(asked.To, asked.Op));
            return;
        }

        if (asked.Notify is true && (context.Notify is null || who.Kind is not IdentityKind.Backend))
        {
            Refuse(batch, asker, context.Notify is null ? RequestRefusals.NoWebhook : RequestRefusals.NoBackend);
            return;
        }

        if (devices.Find(target.Device) is null)
        {
            Refuse(batch, asker, RequestRefusals.UnknownDevice(target.Device));
            return;
        }

        if (Queue(target.Device) is not { } queue)
        {
            Refuse(batch, asker, RequestRefusals.NoStore);
            return;
        }

        // A request that is known is told of for nothing: asking again must be cheap, or nobody does it.
        if (queue.FindByKey(asked.Key) is null && _limits.Request(who, target, now) is { By: not LimitedBy.Nothing } limited)
        {
            Refuse(batch, asker, RequestRefusals.TooMany(limited, context.Limits.Rates));
            return;
        }

        var spec = new RequestSpec(target, asked.Op, asked.Data, asked.Key, asked.Ttl, asked.Timeout, asked.Correlation ?? context.NewId(), asked.Trace) { Notify = asked.Notify is true };
        var answer = queue.Ask(new(context.NewId()), spec, now);
        switch (answer.Verdict)
        {
            case AskVerdict.Taken:
                _where[answer.Request!.Id] = target.Device;
                batch.Then(() => _executor.Askers.Attach(answer.Request.Id, asker), () => asker.Refused(RequestRefusals.NoStore));
                break;
            case AskVerdict.Known:
                batch.Then(() => _executor.Askers.Tell(answer.Request!, asker), () => asker.Refused(RequestRefusals.NoStore));
                break;
            case AskVerdict.KeyConflict:
                Refuse(batch, asker, RequestRefusals.KeyConflict);
                break;
            case AskVerdict.QueueFull:
                Refuse(batch, asker, RequestRefusals.QueueFull);
                break;
            case AskVerdict.DeviceOffline:
                Refuse(batch, asker, RequestRefusals.Offline);
                break;
        }

        Apply(batch, target.Device, answer.Decision);
    }

    /// <summary>A cancel by the key, on a connection.</summary>
    public void Cancel(HubBatch batch, IAsker asker, Identity who, HubMessage.Cancel cancel, DateTimeOffset now)
    {
        var known = AccessRules.Target(who.Branch, cancel.To) is { } target && Queue(target.Device)?.FindByKey(cancel.Key) is { } found && found.Spec.Target == target ? found : null;
        CancelFound(batch, asker, who, known, known?.Id, now);
    }

    /// <summary>A cancel by the request's name, over HTTP.</summary>
    public void Cancel(HubBatch batch, IAsker asker, Identity who, RequestId id, DateTimeOffset now) => CancelFound(batch, asker, who, Find(who, id), id, now);

    /// <summary>Where is it?</summary>
    public void Seek(HubBatch batch, IAsker asker, Identity who, RequestId id) => Look(batch, asker, who, id, asker.Told);

    /// <summary>Where is it, and what becomes of it?</summary>
    public void Follow(HubBatch batch, IAsker asker, Identity who, RequestId id) => Look(batch, asker, who, id, known => _executor.Askers.Tell(known, asker));

    /// <summary>It waits no more.</summary>
    /// <param name="request">Null when it was never told of one.</param>
    public void Unfollow(IAsker asker, RequestRecord? request)
    {
        if (request is not null)
        {
            _executor.Askers.Forget(request.Id, asker);
        }
    }

    /// <summary>What a device says of a request of its own; of another's it says nothing.</summary>
    public void Heard(HubBatch batch, DeviceAddress device, RequestId id, RequestEvent e, DateTimeOffset now)
    {
        if (Queue(device) is { } queue)
        {
            Apply(batch, device, queue.Heard(id, e, now));
        }
    }

    public void Connected(HubBatch batch, DeviceAddress device, IHubClient client, DateTimeOffset now)
    {
        if (Queue(device) is { } queue)
        {
            Apply(batch, device, queue.Connected(client.Number, now));
        }
    }

    public void Disconnected(HubBatch batch, DeviceAddress device, IHubClient client, DateTimeOffset now)
    {
        if (_queues.TryGetValue(device, out var queue))
        {
            Apply(batch, device, queue.Disconnected(client.Number, now));
        }
    }

    /// <summary>No byte of it left the hub. Its connection is over for the queue first, or the next turn would come at once, and again.</summary>
    public void NotSent(HubBatch batch, RequestRecord request, IHubClient? client, DateTimeOffset now)
    {
        var device = request.Spec.Target.Device;
        if (Queue(device) is { Connection: { } number } queue && number == (client?.Number ?? number))
        {
            Apply(batch, device, queue.Disconnected(number, now));
        }

        Heard(batch, device, request.Id, new(RequestEventKind.NotSent, request.Try), now);
    }

    public void Woke(HubBatch batch, DateTimeOffset now)
    {
        foreach (var queue in _queues.Values.Where(q => q.NextDue <= now).ToArray())
        {
            Apply(batch, queue.Device, queue.Woke(now));
        }

        foreach (var queue in _queues.Values.Where(q => q.IsEmpty).ToArray())
        {
            _queues.Remove(queue.Device);
        }
    }

    public void Forget(IHubClient client) => _executor.Askers.Forget(client);

    private void CancelFound(HubBatch batch, IAsker asker, Identity who, RequestRecord? known, RequestId? id, DateTimeOffset now)
    {
        if (known is null || AccessRules.MayCancel(who, known.Spec.Target.Wire, known.Spec.Op) is null)
        {
            Refuse(batch, asker, Unknown(id, who));
            return;
        }

        var queue = _queues[known.Spec.Target.Device];
        var decision = queue.Heard(known.Id, new(RequestEventKind.CancelAsked), now);
        var told = queue.Find(known.Id) ?? known;
        batch.Then(() => asker.Told(told), () => asker.Refused(RequestRefusals.NoStore));
        Apply(batch, queue.Device, decision);
    }

    /// <summary>Null while the store could not be read.</summary>
    private RequestQueue? Queue(DeviceAddress device)
    {
        if (!_queues.TryGetValue(device, out var queue) && !_lost.Contains(device))
        {
            _queues[device] = queue = new(device, context.Limits.Requests);
        }

        return queue;
    }

    private RequestRecord? Find(Identity who, RequestId id) =>
        _where.TryGetValue(id, out var device) && device.Branch == who.Branch && _queues.TryGetValue(device, out var queue) ? queue.Find(id) : null;

    private void Look(HubBatch batch, IAsker asker, Identity who, RequestId id, Action<RequestRecord> tell)
    {
        if (Find(who, id) is { } known && AccessRules.MayAsk(who, known.Spec.Target.Wire, known.Spec.Op) is not null)
        {
            batch.Then(() => tell(known), () => asker.Refused(RequestRefusals.NoStore));
        }
        else
        {
            Refuse(batch, asker, Unknown(id, who));
        }
    }

    /// <summary>One that waits to be read from the store again is not gone.</summary>
    private HubError Unknown(RequestId? id, Identity who) => id is { } known && _where.TryGetValue(known, out var device) && device.Branch == who.Branch && _lost.Contains(device) ? RequestRefusals.NoStore : RequestRefusals.Unknown;

    private void Refuse(HubBatch batch, IAsker asker, HubError error)
    {
        context.Metrics.Refused.Add(error.Code);
        batch.Always(() => asker.Refused(error));
    }

    private void Apply(HubBatch batch, DeviceAddress device, QueueDecision decision)
    {
        batch.Save(device, decision);
        foreach (var effect in decision.Effects)
        {
            if (effect.Kind is RequestEffectKind.Tell)
            {
                notices.Ended(batch, effect.Request, context.Now());
            }

            batch.Then(() => _executor.Do(effect));
        }

        foreach (var id in decision.Forgets)
        {
            batch.Then(() =>
            {
                _where.Remove(id);
                _executor.Askers.Forget(id);
            });
        }
    }
}
