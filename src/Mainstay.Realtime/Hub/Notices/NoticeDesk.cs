using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Service;

namespace Mainstay.Realtime.Hub.Notices;

/// <summary>
/// Writes down, in one with the end of a request, that it is to be told, and hands it on once that is on disk: what was told is never more than what is so, and nothing is forgotten by a kill.
/// </summary>
internal sealed class NoticeDesk(HubContext context)
{
    private readonly SortedDictionary<long, Notice> _waiting = [];
    private long _last;

    /// <summary>Notices that were not taken yet.</summary>
    public int Count => _waiting.Count;

    public void Restore(IEnumerable<Notice> notices)
    {
        foreach (var notice in notices)
        {
            _last = notice.Place;
            _waiting[notice.Place] = notice;
            context.Notify?.Invoke(notice);
        }
    }

    public void Ended(HubBatch batch, RequestRecord request, DateTimeOffset now)
    {
        if (context.Notify is null || !request.Spec.Notify || !request.Phase.HasEnded())
        {
            return;
        }

        var id = context.NewId();
        var notice = new Notice(++_last, id, request.Id.Value, now, MessageWriter.Notice(id, request, now));
        batch.Save(notice);
        batch.Then(() => Add(notice));
    }

    /// <summary>It was taken, or given up.</summary>
    public void Settled(HubBatch batch, long place)
    {
        batch.Settle(place);
        _waiting.Remove(place);
    }

    /// <summary>Those that are too many, the oldest first: nobody has taken them for the longest time.</summary>
    public void Trim(HubBatch batch)
    {
        while (_waiting.Count > context.Limits.MaxNotices)
        {
            var oldest = _waiting.First().Value;
            context.Log.NoticeDropped(oldest.Request);
            context.Metrics.NoticesLost.Add();
            Settled(batch, oldest.Place);
        }
    }

    private void Add(Notice notice)
    {
        _waiting[notice.Place] = notice;
        context.Notify!(notice);
    }
}
