using System.Collections.Immutable;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Rooms;

/// <summary>
/// The last events of a room, so that who was away can go on without a gap, or knows that there is one. One writer; no clock, no store: a published event is durable before it is delivered, and if it
/// cannot be, the history is dropped and restored from the store, before anybody was told of its offset.
/// </summary>
/// <param name="room">Whose history it is.</param>
/// <param name="epoch">Names one unbroken count of offsets: a new one, from 128 random bits, whenever the store has lost the last.</param>
/// <param name="limits">How much is kept.</param>
internal sealed class RoomHistory(RoomAddress room, string epoch, RoomLimits limits)
{
    private readonly Queue<RoomEvent> _events = [];
    private readonly Dictionary<string, (long Offset, PayloadHash Hash)> _keys = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, DateTimeOffset At)> _keysByAge = [];
    private long _offset;
    private long _bytes;

    public RoomAddress Room => room;

    /// <summary>Behind the last event.</summary>
    public RoomPosition Position => new(epoch, _offset);

    public int Count => _events.Count;

    /// <summary>The history as a hub before this one left it.</summary>
    /// <param name="room">Whose.</param>
    /// <param name="epoch">The epoch of the events.</param>
    /// <param name="lastOffset">That of the last event ever published in the epoch, also when it is not kept any more.</param>
    /// <param name="events">The last ones, in order, without a gap; all of the last <see cref="RoomLimits.KeyKept"/>, also those beyond the other limits, so that their keys are known.</param>
    /// <param name="limits">How much is kept.</param>
    /// <param name="now">On the hub's clock.</param>
    /// <exception cref="ArgumentException">There is a gap: the events are not what was published, and a new epoch is needed.</exception>
    public static RoomHistory Restore(RoomAddress room, string epoch, long lastOffset, IEnumerable<RoomEvent> events, RoomLimits limits, DateTimeOffset now)
    {
        var history = new RoomHistory(room, epoch, limits);
        foreach (var e in events)
        {
            if (history._events.Count > 0 && e.Offset != history._offset + 1)
            {
                throw new ArgumentException($"room {room}: event {history._offset} is followed by {e.Offset}", nameof(events));
            }

            history.Append(e, e.Key is null ? default : PayloadHash.Of(e.Data));
        }

        if (history._events.Count > 0 && history._offset != lastOffset)
        {
            throw new ArgumentException($"room {room}: the events end with {history._offset}, and {lastOffset} were published", nameof(events));
        }

        history._offset = lastOffset;
        history.Trim(now);
        return history;
    }

    /// <param name="data">JSON in UTF-8, of the size of a message at most.</param>
    /// <param name="key">The publisher's name for it, or null: then it is a new one.</param>
    /// <param name="correlation">Goes with it.</param>
    /// <param name="trace">Goes with it.</param>
    /// <param name="now">On the hub's clock, which never goes back.</param>
    public PublishOutcome Publish(ReadOnlyMemory<byte> data, string? key, string correlation, string? trace, DateTimeOffset now)
    {
        Trim(now);
        PayloadHash hash = default;
        if (key is not null)
        {
            hash = PayloadHash.Of(data);
            if (_keys.TryGetValue(key, out var known))
            {
                return known.Hash == hash ? new(PublishVerdict.Known, known.Offset, null) : new(PublishVerdict.KeyConflict, 0, null);
            }

            if (_keys.Count >= limits.MaxKeys)
            {
                return new(PublishVerdict.KeysFull, 0, null);
            }
        }

        var e = new RoomEvent(_offset + 1, now, data, key, correlation, trace);
        Append(e, hash);
        Trim(now);
        return new(PublishVerdict.Published, e.Offset, e);
    }

    /// <param name="since">Where the comer was last, or null for a new one.</param>
    /// <param name="now">On the hub's clock.</param>
    public RoomResume Resume(RoomPosition? since, DateTimeOffset now)
    {
        Trim(now);
        var missed = since is { } s && s.Epoch == epoch && s.Offset <= _offset ? _offset - s.Offset : -1;
        if (missed < 0 || missed > _events.Count || missed > limits.MaxResumed)
        {
            return new(false, Position, []);
        }

        var events = _events.Skip(_events.Count - (int)missed).ToImmutableArray();
        return events.Sum(e => (long)e.Size) > limits.MaxResumedBytes ? new(false, Position, []) : new(true, Position, events);
    }

    private void Append(RoomEvent e, PayloadHash hash)
    {
        _offset = e.Offset;
        _events.Enqueue(e);
        _bytes += e.Size;
        if (e.Key is not null)
        {
            _keys[e.Key] = (e.Offset, hash);
            _keysByAge.Enqueue((e.Key, e.At));
        }
    }

    private void Trim(DateTimeOffset now)
    {
        while (_events.TryPeek(out var oldest) && (_events.Count > limits.MaxEvents || _bytes > limits.MaxBytes || oldest.At + limits.MaxAge <= now))
        {
            _bytes -= _events.Dequeue().Size;
        }

        while (_keysByAge.TryPeek(out var oldest) && oldest.At + limits.KeyKept <= now)
        {
            _keys.Remove(_keysByAge.Dequeue().Key);
        }
    }
}
