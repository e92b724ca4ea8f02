namespace Mainstay.Realtime.Hub.Service;

/// <summary>What the hub's one writer shows to who only looks, while it lets them.</summary>
internal sealed record HubView(DeviceBook Devices, RequestDesk Requests, LinkDesk Links, DateTimeOffset Now);
