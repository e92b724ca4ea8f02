using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Limits;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>What an asker is told whose request was not taken: why, and what would help.</summary>
internal static class RequestRefusals
{
    public static HubError NoStore { get; } = new(HubErrorCode.StoreUnavailable, "nothing can be stored at the moment, and nothing of this was: ask again with the same key", RetryAfter: TimeSpan.FromSeconds(2));

    public static HubError Unknown { get; } = new(
        HubErrorCode.UnknownRequest, "no request of this name or key is known in the branch to a token with this hub.ask; one that has ended is known for HUB_KEY_KEPT, one that ended as unknown for 24 hours");

    public static HubError KeyConflict { get; } = new(HubErrorCode.KeyConflict, "the key stands for something else that was asked of this device: one key is for one thing to be done, with equal to, op and data");

    public static HubError QueueFull { get; } = new(HubErrorCode.QueueFull, "as many requests as may wait for a device wait for this one", RetryAfter: TimeSpan.FromSeconds(10));

    public static HubError Offline { get; } = new(HubErrorCode.DeviceOffline, "the device is not connected, and ttl_ms is 0; with a greater one the request waits for it");

    public static HubError NoWebhook { get; } = new(HubErrorCode.BadField, "notify must be left out: this hub has no HUB_WEBHOOK_URL");

    public static HubError NoBackend { get; } = new(HubErrorCode.BadField, "notify must be left out: only tokens of role backend have the webhook told");

    public static HubError NotAllowed(string to, string op) =>
        new(HubErrorCode.Forbidden, $"the token's hub.ask has no entry for {AccessRules.DeviceOf(to)}/{op}; entries are DEVICE/OP, each also a beginning with * behind it");

    public static HubError UnknownDevice(DeviceAddress device) => new(
        HubErrorCode.UnknownDevice, $"no device {device.Id} was ever connected in branch {device.Branch}, which is the token's; a device is known from its first connection on");

    public static HubError TooMany(LimitVerdict limited, HubRates rates) =>
        new(HubErrorCode.TooManyRequests, $"too many requests of {By(limited.By, rates)}; the same can be asked in retry_ms", RetryAfter: limited.RetryAfter);

    private static string By(LimitedBy by, HubRates rates) => by switch
    {
        LimitedBy.Identity => $"this token's subject (at most {rates.Identity.Count} a minute)",
        LimitedBy.Branch => $"this branch (HUB_BRANCH_RATE: {rates.Branch.Count} a minute)",
        LimitedBy.Target => $"this device or part (HUB_TARGET_RATE: {rates.Target.Count} a minute)",
        LimitedBy.Connection or LimitedBy.Nothing => "this connection",
    };
}
