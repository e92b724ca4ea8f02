using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Service;

namespace Mainstay.Realtime.Hub.Streams;

/// <summary>Who reads what becomes of the requests of a branch; and, from the first reader on, what became of the last of them.</summary>
internal sealed class StreamDesk(HubContext context)
{
    private readonly Dictionary<Branch, ChangeLog> _logs = [];
    private readonly Dictionary<Branch, HashSet<BranchFollower>> _followers = [];

    public void Begin(BranchFollower follower)
    {
        if (!_logs.TryGetValue(follower.Branch, out var log))
        {
            _logs[follower.Branch] = log = new(context.NewId(), context.Limits.MaxStreamChanges, context.Limits.MaxStreamBytes / 2);
        }

        if (!_followers.TryGetValue(follower.Branch, out var followers))
        {
            _followers[follower.Branch] = followers = [];
        }

        followers.Add(follower);
        follower.Begin(log);
    }

    public void End(BranchFollower follower)
    {
        if (_followers.TryGetValue(follower.Branch, out var followers) && followers.Remove(follower) && followers.Count == 0)
        {
            _followers.Remove(follower.Branch);
        }
    }

    public void Tell(RequestRecord request)
    {
        if (_logs.TryGetValue(request.Spec.Target.Device.Branch, out var log))
        {
            var change = log.Add(request, context.Now());
            foreach (var follower in _followers.GetValueOrDefault(request.Spec.Target.Device.Branch) ?? [])
            {
                follower.Tell(log, change);
            }
        }
    }
}
