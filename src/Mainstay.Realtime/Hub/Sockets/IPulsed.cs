using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Service;
using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>A connection that the heartbeat looks after, from its welcome on.</summary>
internal interface IPulsed
{
    MessageSocket Socket { get; }

    IHubClient Client { get; }

    /// <summary>When its token ends; null: it does not.</summary>
    DateTimeOffset? ValidUntil { get; }

    /// <summary>By which licence it is here; null for one with a token.</summary>
    Licence? Licence { get; }

    /// <summary>Behind what was sent before.</summary>
    void Close(HubClose code, string reason);

    /// <summary>Without waiting for a peer that does not read.</summary>
    void GiveUp(HubClose code, string reason);
}
