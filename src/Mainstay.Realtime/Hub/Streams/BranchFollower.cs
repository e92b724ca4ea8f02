using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.Streams;

/// <summary>Somebody who reads what becomes of all requests of a branch that its token may ask.</summary>
/// <param name="device">Only of this one; null: of all.</param>
/// <param name="seen">The id of the event that the reader had last; null: none.</param>
internal sealed class BranchFollower(StreamQueue queue, Identity who, string? device, string? seen)
{
    public Branch Branch => who.Branch;

    /// <summary>First: whether all that came behind <c>Last-Event-ID</c> follows. Of what is not there any more, a part would look like all.</summary>
    public void Begin(ChangeLog log)
    {
        var missed = seen is null ? null : log.Behind(seen);
        queue.Add(StreamEvent.Of(missed is null ? log.Now : seen!, missed is null ? """{"resumed":false}"""u8 : """{"resumed":true}"""u8, "resume"));
        foreach (var change in missed ?? [])
        {
            Tell(log, change);
        }
    }

    public void Tell(ChangeLog log, RequestChange change)
    {
        var spec = change.Request.Spec;
        if ((device is null || spec.Target.Device.Id == device) && AccessRules.MayAsk(who, spec.Target.Wire, spec.Op) is not null)
        {
            queue.Add(StreamEvent.Of(log.Place(change.Number), MessageWriter.Change(change.Request, change.At)));
        }
    }
}
