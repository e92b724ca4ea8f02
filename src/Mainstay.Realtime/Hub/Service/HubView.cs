using Mainstay.Realtime.Hub.Notices;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What the hub's one writer shows to who only looks, while it lets them.</summary>
internal sealed record HubView(IReadOnlyCollection<IHubClient> Clients, DeviceBook Devices, RequestDesk Requests, LinkDesk Links, NoticeDesk Notices, DateTimeOffset Now);
