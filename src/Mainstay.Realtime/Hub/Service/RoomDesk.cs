using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Storage;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>Who is in which room, and what was published there. An event is on disk before anybody is told of it.</summary>
internal sealed class RoomDesk(HubContext context)
{
    private static readonly HubError s_noStore = new(HubErrorCode.StoreUnavailable, "the room cannot be read or written at the moment", RetryAfter: TimeSpan.FromSeconds(2));

    private readonly Dictionary<RoomAddress, RoomHistory> _histories = [];
    private readonly Dictionary<RoomAddress, HashSet<IHubClient>> _members = [];
    private readonly Dictionary<IHubClient, HashSet<RoomAddress>> _rooms = [];

    public IEnumerable<RoomAddress> Open => _histories.Keys;

    /// <summary>What is in memory is ahead of the store, which could not be written: it is read again when it is needed.</summary>
    public void Drop(RoomAddress room) => _histories.Remove(room);

    public async ValueTask SubscribeAsync(HubBatch batch, IHubClient client, HubMessage.Subscribe sub, DateTimeOffset now)
    {
        if (AccessRules.MaySubscribe(client.Who, sub.Room) is not { } room)
        {
            Refuse(batch, client, sub.Id, new(HubErrorCode.Forbidden, $"the token's hub.subscribe has no entry for the room {sub.Room}"));
        }
        else if (await OpenAsync(room, batch, now) is not { } history)
        {
            Refuse(batch, client, sub.Id, s_noStore);
        }
        else
        {
            var resume = history.Resume(sub.Since, now);
            batch.Then(
                () =>
                {
                    if (!Enter(client, room))
                    {
                        client.Send(MessageWriter.Error(new(HubErrorCode.TooManyRooms, $"a connection is in at most {MessageReader.MaxRooms} rooms", sub.Id)));
                        return;
                    }

                    client.Send(MessageWriter.Subscribed(sub.Id, resume));
                    SendMissed(client, room, resume);
                },
                () => client.Send(MessageWriter.Error(s_noStore with { Id = sub.Id })));
        }
    }

    public void Unsubscribe(HubBatch batch, IHubClient client, HubMessage.Unsubscribe unsub) => batch.Always(() =>
    {
        Leave(client, new(client.Who.Branch, unsub.Room));
        client.Send(MessageWriter.Ok(unsub.Id));
    });

    /// <summary>The rooms of a <c>hello</c>, as they are; a room that is not allowed, or cannot be read, is not among them.</summary>
    public async ValueTask<IReadOnlyList<(RoomAddress Room, RoomResume Resume)>> ResumeAsync(HubBatch batch, Identity who, ResumeHello? hello, DateTimeOffset now)
    {
        var resumes = new List<(RoomAddress, RoomResume)>();
        foreach (var (name, since) in hello?.Offsets ?? [])
        {
            if (AccessRules.MaySubscribe(who, name) is { } room && await OpenAsync(room, batch, now) is { } history)
            {
                resumes.Add((room, history.Resume(since, now)));
            }
        }

        return resumes;
    }

    /// <summary>Behind the welcome: the rooms with what was missed there.</summary>
    public void Enter(IHubClient client, IEnumerable<(RoomAddress Room, RoomResume Resume)> rooms)
    {
        foreach (var (room, resume) in rooms)
        {
            Enter(client, room);
            SendMissed(client, room, resume);
        }
    }

    public async ValueTask PublishAsync(HubBatch batch, Identity who, HubMessage.Publish pub, Action<RoomPosition> done, Action<HubError> refused, DateTimeOffset now)
    {
        if (AccessRules.MayPublish(who, pub.Room) is not { } room)
        {
            batch.Always(() => refused(new(HubErrorCode.Forbidden, $"the token's hub.publish has no entry for the room {pub.Room}")));
            return;
        }

        if (await OpenAsync(room, batch, now) is not { } history)
        {
            batch.Always(() => refused(s_noStore));
            return;
        }

        var outcome = history.Publish(pub.Data, pub.Key, pub.Correlation ?? context.NewId(), pub.Trace, now);
        var position = history.Position with { Offset = outcome.Offset };
        switch (outcome.Verdict)
        {
            case PublishVerdict.Published:
                var e = outcome.Event!;
                batch.Save(new PublishedEvent(room, position.Epoch, e, e.Offset - history.Count + 1, now - context.Limits.Rooms.KeyKept));
                batch.Then(() => context.Metrics.RoomEvents.Add());
                batch.Then(() => Deliver(room, position.Epoch, e));
                batch.Then(() => done(position), () => refused(s_noStore));
                break;
            case PublishVerdict.Known:
                batch.Then(() => done(position), () => refused(s_noStore));
                break;
            case PublishVerdict.KeyConflict:
                batch.Then(() => refused(new(HubErrorCode.KeyConflict, "the key stands for an event of this room with other data: one key is for one event")), () => refused(s_noStore));
                break;
            case PublishVerdict.KeysFull:
                batch.Always(() => refused(new(HubErrorCode.QueueFull, "too many keys of this room are kept", RetryAfter: TimeSpan.FromSeconds(10))));
                break;
        }
    }

    public void Forget(IHubClient client)
    {
        foreach (var room in _rooms.GetValueOrDefault(client)?.ToArray() ?? [])
        {
            Leave(client, room);
        }
    }

    private void Deliver(RoomAddress room, string epoch, RoomEvent e)
    {
        if (_members.TryGetValue(room, out var members))
        {
            var frame = MessageWriter.Event(room.Name, epoch, e);
            foreach (var member in members)
            {
                member.Send(frame);
            }
        }
    }

    private static void SendMissed(IHubClient client, RoomAddress room, RoomResume resume)
    {
        foreach (var e in resume.Missed)
        {
            client.Send(MessageWriter.Event(room.Name, resume.Position.Epoch, e));
        }
    }

    private bool Enter(IHubClient client, RoomAddress room)
    {
        if (!_rooms.TryGetValue(client, out var rooms))
        {
            _rooms[client] = rooms = [];
        }

        if (rooms.Count >= MessageReader.MaxRooms && !rooms.Contains(room))
        {
            return false;
        }

        rooms.Add(room);
        if (!_members.TryGetValue(room, out var members))
        {
            _members[room] = members = [];
        }

        members.Add(client);
        return true;
    }

    private void Leave(IHubClient client, RoomAddress room)
    {
        if (_rooms.TryGetValue(client, out var rooms) && rooms.Remove(room) && rooms.Count == 0)
        {
            _rooms.Remove(client);
        }

        if (_members.TryGetValue(room, out var members) && members.Remove(client) && members.Count == 0)
        {
            _members.Remove(room);
        }
    }

    /// <summary>Null when the store cannot be read.</summary>
    private async ValueTask<RoomHistory?> OpenAsync(RoomAddress room, HubBatch ahead, DateTimeOffset now)
    {
        if (_histories.TryGetValue(room, out var open))
        {
            return open;
        }

        StoredRoom? stored;
        try
        {
            stored = await context.Store.ReadRoomAsync(room, CancellationToken.None);
        }
        catch (RequestStoreException e)
        {
            context.Log.StoreFailed(e.Message);
            return null;
        }

        if (_histories.Count >= context.Limits.MaxRooms)
        {
            MakeRoom(ahead);
        }

        return _histories[room] = Restore(room, stored, now);
    }

    private RoomHistory Restore(RoomAddress room, StoredRoom? stored, DateTimeOffset now)
    {
        if (stored is not null)
        {
            try
            {
                return RoomHistory.Restore(room, stored.Epoch, stored.LastOffset, stored.Events, context.Limits.Rooms, now);
            }
            catch (ArgumentException e)
            {
                context.Log.NewEpoch(room.ToString(), e.Message);
            }
        }

        return new(room, context.NewId(), context.Limits.Rooms);
    }

    /// <summary>Only rooms that are as the store has them can go; who publishes there next reads them again.</summary>
    private void MakeRoom(HubBatch ahead)
    {
        foreach (var room in _histories.Keys.Where(r => !_members.ContainsKey(r) && !ahead.Rooms.Contains(r)).Take(context.Limits.MaxRooms / 10).ToArray())
        {
            _histories.Remove(room);
        }
    }

    private void Refuse(HubBatch batch, IHubClient client, string id, HubError error)
    {
        context.Metrics.Refused.Add(error.Code);
        batch.Always(() => client.Send(MessageWriter.Error(error with { Id = id })));
    }
}
