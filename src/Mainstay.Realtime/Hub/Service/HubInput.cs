using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Rooms;
using Mainstay.Realtime.Hub.Streams;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What comes into the hub's mailbox.</summary>
internal abstract record HubInput
{
    /// <summary>A connection has said who it is.</summary>
    internal sealed record Joined(IHubClient Client, HubMessage.Hello Hello) : HubInput;

    internal sealed record Said(IHubClient Client, HubMessage Message) : HubInput;

    /// <summary>A client said something that is no message.</summary>
    internal sealed record Misspoke(IHubClient Client, HubError Error) : HubInput;

    internal sealed record Left(IHubClient Client) : HubInput;

    /// <summary>Something is asked over HTTP.</summary>
    internal sealed record Asked(IAsker Asker, Identity Who, HubMessage.Request Request) : HubInput;

    /// <summary>A cancel over HTTP.</summary>
    internal sealed record CancelAsked(IAsker Asker, Identity Who, RequestId Id) : HubInput;

    /// <summary>Where is it?</summary>
    internal sealed record Sought(IAsker Asker, Identity Who, RequestId Id) : HubInput;

    /// <summary>Where is it, and what becomes of it?</summary>
    internal sealed record Followed(IAsker Asker, Identity Who, RequestId Id) : HubInput;

    /// <summary>Nobody waits there any more; for which request, is known when this is handled.</summary>
    internal sealed record Unfollowed(IAsker Asker, Func<RequestRecord?> Request) : HubInput;

    /// <summary>What becomes of all that the follower may ask?</summary>
    internal sealed record BranchFollowed(BranchFollower Follower) : HubInput;

    internal sealed record BranchUnfollowed(BranchFollower Follower) : HubInput;

    internal sealed record PublishAsked(Identity Who, HubMessage.Publish Publish, Action<RoomPosition> Done, Action<HubError> Refused) : HubInput;

    /// <summary>Somebody wants to see what is known; nothing changes by it.</summary>
    internal sealed record Looked(Action<HubView> Look) : HubInput;

    /// <summary>Pings of devices were answered, or not.</summary>
    internal sealed record Pinged(IReadOnlyList<LinkSample> Samples) : HubInput;

    /// <summary>A notice was taken by the webhook, or given up.</summary>
    internal sealed record NoticeSettled(long Place) : HubInput;

    /// <summary>No byte of a request left the hub.</summary>
    internal sealed record NotSent(RequestRecord Request, IHubClient? Client) : HubInput;

    /// <summary>Everybody is to go and come back.</summary>
    internal sealed record DrainAsked(Func<int, TimeSpan> RetryAfter, TaskCompletionSource Done) : HubInput;

    /// <summary>Something may be due.</summary>
    internal sealed record Woke : HubInput;
}
