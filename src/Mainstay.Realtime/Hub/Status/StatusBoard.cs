using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Status;

/// <summary>
/// The last values of a branch, and the batch of those that changed since the last one was sent. Its timer runs from the first change and is never set back: a storm of changes makes ten batches a
/// second, not none. One writer, no clock.
/// </summary>
internal sealed class StatusBoard(StatusLimits limits)
{
    private readonly Dictionary<string, (StatusItem Item, string Device)> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _keysOf = new(StringComparer.Ordinal);
    private readonly List<string> _changed = [];
    private readonly HashSet<string> _isChanged = new(StringComparer.Ordinal);
    private DateTimeOffset _firstChange;

    /// <summary>When <see cref="TakeBatch"/> is to be called, or null.</summary>
    public DateTimeOffset? Due => _changed.Count == 0 ? null : _firstChange + limits.MaxWait;

    /// <summary>A device says how something is. A key belongs to the device that first said it, until that is forgotten.</summary>
    public StatusVerdict Put(string device, string of, ReadOnlyMemory<byte> data, DateTimeOffset now)
    {
        if (data.Length > limits.MaxData)
        {
            return StatusVerdict.TooLarge;
        }

        if ((_items.TryGetValue(of, out var known) && known.Device != device) || (of.StartsWith(DevicePrefix, StringComparison.Ordinal) && of != DevicePrefix + device))
        {
            return StatusVerdict.Forbidden;
        }

        if (known.Item is null && _keysOf.TryGetValue(device, out var keys) && keys.Count - (keys.Contains(LinkKey(device)) ? 1 : 0) >= limits.MaxKeys)
        {
            return StatusVerdict.TooManyKeys;
        }

        Set(device, new(of, data, now, true), now);
        return StatusVerdict.Taken;
    }

    /// <summary>The device's own key shows that it is there. What it said before it went stays offline until it says it anew.</summary>
    public void Connected(string device, DateTimeOffset now)
    {
        var of = DevicePrefix + device;
        Set(device, _items.TryGetValue(of, out var known) ? known.Item with { Online = true } : new(of, Empty, now, true), now);
    }

    /// <summary>How the hub sees the device's connection. Only it writes this key, and it does not count among the device's own.</summary>
    public void Link(string device, ReadOnlyMemory<byte> data, DateTimeOffset now) => Set(device, new(LinkKey(device), data, now, true), now);

    public bool KnowsLink(string device) => _items.TryGetValue(LinkKey(device), out var known) && known.Item.Online;

    /// <summary>The device is gone: what it said is not so any more, as far as anybody knows. Values and their times stay.</summary>
    public void Disconnected(string device, DateTimeOffset now)
    {
        foreach (var of in (_keysOf.GetValueOrDefault(device) ?? []).ToArray())
        {
            if (_items[of].Item.Online)
            {
                Set(device, _items[of].Item with { Online = false }, now);
            }
        }
    }

    /// <summary>The device is taken out of the branch. Watchers are not told: they see its keys offline, and not at all when they come anew.</summary>
    public void Forget(string device)
    {
        if (_keysOf.Remove(device, out var keys))
        {
            foreach (var of in keys)
            {
                _items.Remove(of);
                if (_isChanged.Remove(of))
                {
                    _changed.Remove(of);
                }
            }
        }
    }

    /// <summary>All that changed since the last batch, each once with its last value; empty before <see cref="Due"/>.</summary>
    public ImmutableArray<StatusItem> TakeBatch(DateTimeOffset now)
    {
        if (Due is not { } due || now < due)
        {
            return [];
        }

        var batch = _changed.Select(of => _items[of].Item).ToImmutableArray();
        _changed.Clear();
        _isChanged.Clear();
        return batch;
    }

    /// <summary>What a new watcher gets first. What is in the batch that is still gathered it gets again, with the same value or a newer one.</summary>
    public ImmutableArray<StatusItem> Snapshot(StatusWatch watch) =>
        [.. _items.Values.Select(i => i.Item).Where(i => watch.Wants(i.Of)).OrderBy(i => i.Of, StringComparer.Ordinal)];

    private void Set(string device, StatusItem item, DateTimeOffset now)
    {
        _items[item.Of] = (item, device);
        if (!_keysOf.TryGetValue(device, out var keys))
        {
            _keysOf[device] = keys = new(StringComparer.Ordinal);
        }

        keys.Add(item.Of);
        if (_changed.Count == 0)
        {
            _firstChange = now;
        }

        if (_isChanged.Add(item.Of))
        {
            _changed.Add(item.Of);
        }
    }

    private static string LinkKey(string device) => $"{DevicePrefix}{device}/link";

    private const string DevicePrefix = "device:";
    private static readonly byte[] Empty = "null"u8.ToArray();
}
