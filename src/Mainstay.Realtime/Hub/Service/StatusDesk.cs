using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Status;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What devices say of how things are, to whoever watches. It is kept in memory only: after a restart every device says it anew.</summary>
internal sealed class StatusDesk(HubContext context)
{
    private readonly Dictionary<Branch, StatusBoard> _boards = [];
    private readonly Dictionary<Branch, Dictionary<IHubClient, List<StatusWatch>>> _watchers = [];

    public DateTimeOffset? NextDue => _boards.Values.Min(b => b.Due);

    public void Put(HubBatch batch, IHubClient client, HubMessage.Status status, DateTimeOffset now)
    {
        HubErrorCode? refused = AccessRules.MayReport(client.Who) is not { } device
            ? HubErrorCode.Forbidden
            : Board(device.Branch).Put(device.Id, status.Of, status.Data, now) switch
            {
                StatusVerdict.Taken => null,
                StatusVerdict.TooLarge => HubErrorCode.TooLarge,
                StatusVerdict.TooManyKeys => HubErrorCode.TooManyKeys,
                StatusVerdict.Forbidden => HubErrorCode.Forbidden,
            };
        context.Metrics.StatusUpdates.Add();
        if (refused is { } code)
        {
            context.Metrics.Refused.Add(code);
            batch.Always(() => client.Send(MessageWriter.Error(new(code, $"the status of {status.Of} was not taken"))));
        }
    }

    public void Watch(HubBatch batch, IHubClient client, HubMessage.Watch watch)
    {
        if (!AccessRules.MayWatch(client.Who, watch.Of))
        {
            batch.Always(() => client.Send(MessageWriter.Error(new(HubErrorCode.Forbidden, $"the token's hub.watch has no entry for {watch.Of}", watch.Id))));
            return;
        }

        var wanted = StatusWatch.Parse(watch.Of);
        if (!Enter(client, wanted))
        {
            batch.Always(() => client.Send(MessageWriter.Error(new(HubErrorCode.TooManyKeys, $"a connection watches at most {context.Limits.MaxWatches} keys", watch.Id))));
            return;
        }

        var items = Board(client.Who.Branch).Snapshot(wanted);
        batch.Always(() =>
        {
            client.Send(MessageWriter.Ok(watch.Id));
            client.Send(MessageWriter.State(items));
        });
    }

    public void Connected(DeviceAddress device, DateTimeOffset now) => Board(device.Branch).Connected(device.Id, now);

    /// <summary>The last will of every device: it is not there, and what it said is not so any more, as far as anybody knows.</summary>
    public void Disconnected(DeviceAddress device, DateTimeOffset now) => Board(device.Branch).Disconnected(device.Id, now);

    /// <summary>How the device's connection is, under a key that the hub writes and no device can.</summary>
    public void Link(DeviceAddress device, ReadOnlyMemory<byte> data, DateTimeOffset now) => Board(device.Branch).Link(device.Id, data, now);

    /// <summary>It was told since the device came.</summary>
    public bool KnowsLink(DeviceAddress device) => Board(device.Branch).KnowsLink(device.Id);

    public void Woke(HubBatch batch, DateTimeOffset now)
    {
        foreach (var (branch, board) in _boards)
        {
            var items = board.TakeBatch(now);
            if (items.IsEmpty || !_watchers.TryGetValue(branch, out var watchers))
            {
                continue;
            }

            foreach (var (client, watches) in watchers)
            {
                var wanted = items.Where(i => watches.Exists(w => w.Wants(i.Of))).ToArray();
                if (wanted.Length > 0)
                {
                    context.Metrics.StatusBatches.Add();
                    batch.Always(() => client.Send(MessageWriter.State([.. wanted])));
                }
            }
        }
    }

    public void Forget(IHubClient client)
    {
        if (_watchers.TryGetValue(client.Who.Branch, out var watchers) && watchers.Remove(client) && watchers.Count == 0)
        {
            _watchers.Remove(client.Who.Branch);
        }
    }

    private bool Enter(IHubClient client, StatusWatch watch)
    {
        if (!_watchers.TryGetValue(client.Who.Branch, out var watchers))
        {
            _watchers[client.Who.Branch] = watchers = [];
        }

        if (!watchers.TryGetValue(client, out var watches))
        {
            watchers[client] = watches = [];
        }

        if (!watches.Contains(watch))
        {
            if (watches.Count >= context.Limits.MaxWatches)
            {
                return false;
            }

            watches.Add(watch);
        }

        return true;
    }

    private StatusBoard Board(Branch branch)
    {
        if (!_boards.TryGetValue(branch, out var board))
        {
            _boards[branch] = board = new(context.Limits.Status);
        }

        return board;
    }
}
