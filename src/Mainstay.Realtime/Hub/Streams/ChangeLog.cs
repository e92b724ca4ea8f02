using System.Globalization;
using Mainstay.Realtime.Hub.Requests;

namespace Mainstay.Realtime.Hub.Streams;

/// <summary>A change of a request, with its place among those of its branch.</summary>
internal sealed record RequestChange(long Number, RequestRecord Request, DateTimeOffset At);

/// <summary>
/// The last changes of a branch's requests, for readers that come back. It begins anew with each process and each branch's first reader, under another name: a place of before is then no place, and is not taken for one.
/// </summary>
internal sealed class ChangeLog(string epoch, int maxChanges, int maxBytes)
{
    private readonly Queue<RequestChange> _changes = [];
    private long _last;
    private int _bytes;

    /// <summary>As in <c>Last-Event-ID</c>.</summary>
    public string Now => Place(_last);

    public string Place(long number) => string.Create(CultureInfo.InvariantCulture, $"{epoch}:{number}");

    public RequestChange Add(RequestRecord request, DateTimeOffset at)
    {
        var change = new RequestChange(++_last, request, at);
        _changes.Enqueue(change);
        _bytes += request.Size;
        while (_changes.Count > maxChanges || _bytes > maxBytes)
        {
            _bytes -= _changes.Dequeue().Request.Size;
        }

        return change;
    }

    /// <summary>All changes behind a place, in order; null when they are not all known any more: never a part.</summary>
    public IReadOnlyList<RequestChange>? Behind(string place)
    {
        var at = place.LastIndexOf(':');
        return at > 0 && place[..at] == epoch && long.TryParse(place.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= _last && number >= _last - _changes.Count
            ? [.. _changes.Where(c => c.Number > number)]
            : null;
    }
}
