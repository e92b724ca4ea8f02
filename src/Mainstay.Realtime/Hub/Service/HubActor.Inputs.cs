using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What each input means.</summary>
internal sealed partial class HubActor
{
    private async ValueTask HandleAsync(HubBatch batch, HubInput input, DateTimeOffset now)
    {
        switch (input)
        {
            case HubInput.Joined joined:
                await JoinAsync(batch, joined.Client, joined.Hello, now);
                break;
            case HubInput.Pinged pinged:
                _links.Heard(pinged.Samples, now);
                break;
            case HubInput.Said said when !_requests.Subject(said.Client, now):
                batch.Always(() => said.Client.Close(HubClose.TooManyMessages, "too many messages of this identity"));
                break;
            case HubInput.Said said:
                // What devices answer and report is not counted: an answer that is dropped costs a question, and reports are gathered anyway.
                if (IdOf(said.Message) is { } id && _requests.Message(said.Client, now) is { By: not LimitedBy.Nothing } limited)
                {
                    _context.Metrics.Refused.Add(HubErrorCode.TooManyRequests);
                    batch.Always(() => said.Client.Send(MessageWriter.Error(new(HubErrorCode.TooManyRequests, "too many messages of this connection", id, limited.RetryAfter))));
                    break;
                }

                await HearAsync(batch, said.Client, said.Message, now);
                break;
            case HubInput.Misspoke misspoke:
                batch.Always(() => misspoke.Client.Send(MessageWriter.Error(misspoke.Error)));
                break;
            case HubInput.Left left:
                Leave(batch, left.Client, now);
                break;
            case HubInput.Asked asked:
                _requests.Ask(batch, asked.Asker, asked.Who, asked.Request, now);
                break;
            case HubInput.CancelAsked cancel:
                _requests.Cancel(batch, cancel.Asker, cancel.Who, cancel.Id, now);
                break;
            case HubInput.Sought sought:
                _requests.Seek(batch, sought.Asker, sought.Who, sought.Id);
                break;
            case HubInput.Followed followed:
                _requests.Follow(batch, followed.Asker, followed.Who, followed.Id);
                break;
            case HubInput.Unfollowed unfollowed:
                batch.Always(() => _requests.Unfollow(unfollowed.Asker, unfollowed.Request()));
                break;
            case HubInput.BranchFollowed branch:
                batch.Always(() => _requests.Streams.Begin(branch.Follower));
                break;
            case HubInput.BranchUnfollowed branch:
                batch.Always(() => _requests.Streams.End(branch.Follower));
                break;
            case HubInput.PublishAsked publish:
                await _rooms.PublishAsync(batch, publish.Who, publish.Publish, publish.Done, publish.Refused, now);
                break;
            case HubInput.Looked looked:
                batch.Always(() => looked.Look(new(_clients, _devices, _requests, _links, _notices, now)));
                break;
            case HubInput.NoticeSettled settled:
                _notices.Settled(batch, settled.Place);
                break;
            case HubInput.NotSent notSent:
                _requests.NotSent(batch, notSent.Request, notSent.Client, now);
                break;
            case HubInput.DrainAsked drain:
                batch.Always(() => Drain(drain));
                break;
            case HubInput.Woke:
                break;
        }
    }

    /// <summary>The welcome comes before anything else on the connection, and the connection of before gets nothing any more.</summary>
    private async ValueTask JoinAsync(HubBatch batch, IHubClient client, HubMessage.Hello hello, DateTimeOffset now)
    {
        var rooms = await _rooms.ResumeAsync(batch, client.Who, hello.Resume, now);
        var wanted = hello.Resume?.Offsets.Length ?? 0;
        var resumed = wanted > 0 && rooms.Count == wanted && rooms.All(r => r.Resume.Recovered);
        if (client.Who.Device is { } device)
        {
            batch.Save(_devices.Seen(client, device, now));
            _statuses.Connected(device, now);
            _links.Connected(device, now);
        }

        batch.Then(
            () =>
            {
                if (_draining)
                {
                    client.Close(HubClose.Restart, RetryReason(_context.Limits.StoreRetry));
                    return;
                }

                _clients.Add(client);
                if (client.Who.Device is { } own && _devices.Connect(client, own) is { } before)
                {
                    before.Close(HubClose.Replaced, "another connection of this device");
                }

                client.Send(MessageWriter.Welcome(client.Session, resumed, client.Who.Name, rooms.Select(r => (r.Room.Name, r.Resume)), _context.Limits.Ping, now));
                _rooms.Enter(client, rooms);
                _context.Log.Connected(client.Who.Name);
            },
            () =>
            {
                // The one before does not count any more; both come back.
                client.Close(HubClose.Full, RetryReason(_context.Limits.StoreRetry));
                if (client.Who.Device is { } own)
                {
                    _devices.Online(own)?.Close(HubClose.Full, RetryReason(_context.Limits.StoreRetry));
                }
            });
        if (client.Who.Device is { } connected)
        {
            _requests.Connected(batch, connected, client, now);
        }
    }

    private async ValueTask HearAsync(HubBatch batch, IHubClient client, HubMessage message, DateTimeOffset now)
    {
        switch (message)
        {
            case HubMessage.Request request:
                _requests.Ask(batch, new ClientAsker(client, request.Id), client.Who, request, now);
                break;
            case HubMessage.Cancel cancel:
                _requests.Cancel(batch, new ClientAsker(client, cancel.Id), client.Who, cancel, now);
                break;
            case HubMessage.Ack or HubMessage.Result or HubMessage.Refusal:
                // Of a connection that was replaced nothing counts any more: the device says it anew on its new one.
                if (client.Who.Device is { } device && _devices.IsLatest(client, device) && DeviceAnswer.Read(message) is var (id, e))
                {
                    _requests.Heard(batch, device, id, e, now);
                }

                break;
            case HubMessage.Subscribe sub:
                await _rooms.SubscribeAsync(batch, client, sub, now);
                break;
            case HubMessage.Unsubscribe unsub:
                _rooms.Unsubscribe(batch, client, unsub);
                break;
            case HubMessage.Publish pub:
                await _rooms.PublishAsync(
                    batch, client.Who, pub, at => client.Send(MessageWriter.Published(pub.Id, at)), error => client.Send(MessageWriter.Error(error with { Id = pub.Id })), now);
                break;
            case HubMessage.Status status:
                _statuses.Put(batch, client, status, now);
                break;
            case HubMessage.Watch watch:
                _statuses.Watch(batch, client, watch);
                break;
            case HubMessage.Ping ping:
                batch.Always(() => client.Send(MessageWriter.Pong(ping.N)));
                break;
            case HubMessage.Hello:
                batch.Always(() => client.Send(MessageWriter.Error(new(HubErrorCode.HelloTwice, "hello is said once, first"))));
                break;
            case HubMessage.Pong:
                break;
        }
    }

    private void Leave(HubBatch batch, IHubClient client, DateTimeOffset now)
    {
        if (client.Who.Device is { } device)
        {
            if (_devices.Left(client, device, now) is { } seen)
            {
                batch.Save(seen);
                _statuses.Disconnected(device, now);
                _links.Disconnected(device, now);
            }

            _requests.Disconnected(batch, device, client, now);
            batch.Always(() => _devices.Disconnect(client, device));
        }

        batch.Always(() =>
        {
            if (_clients.Remove(client))
            {
                _context.Log.Gone(client.Who.Name);
            }

            _rooms.Forget(client);
            _requests.Forget(client);
            _statuses.Forget(client);
        });
    }

    private void Drain(HubInput.DrainAsked drain)
    {
        _draining = true;
        foreach (var client in _clients)
        {
            var retry = drain.RetryAfter(_clients.Count);
            client.Send(MessageWriter.Drain(retry, "restart"));
            client.Close(HubClose.Restart, RetryReason(retry));
        }

        drain.Done.TrySetResult();
    }

    public static string RetryReason(TimeSpan retry) => FormattableString.Invariant($"retry_ms={(long)retry.TotalMilliseconds};resume=1");

    private static string? IdOf(HubMessage message) => message switch
    {
        HubMessage.Request m => m.Id,
        HubMessage.Cancel m => m.Id,
        HubMessage.Subscribe m => m.Id,
        HubMessage.Unsubscribe m => m.Id,
        HubMessage.Publish m => m.Id,
        HubMessage.Watch m => m.Id,
        _ => null,
    };
}
