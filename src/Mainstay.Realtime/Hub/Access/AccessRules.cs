using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Access;

/// <summary>
/// What an identity may do: nothing but what its claims say. Each answer is the address, in the identity's branch, or null for no; there is no other way from a name to an address, so what was not
/// allowed cannot be reached by a forgotten check.
/// </summary>
internal static class AccessRules
{
    public static RoomAddress? MaySubscribe(Identity who, string room) => Room(who, room, who.Claims.Subscribe);

    public static RoomAddress? MayPublish(Identity who, string room) => Room(who, room, who.Claims.Publish);

    /// <summary>A device is never asked by another device: it takes requests, and says what is so.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="to">As on the wire: <c>device:ID</c> or <c>device:ID/PART</c>.</param>
    /// <param name="op">What is asked.</param>
    public static TargetAddress? MayAsk(Identity who, string to, string op) => who.Kind switch
    {
        IdentityKind.Web or IdentityKind.Backend => Target(who.Branch, to) is { } target
            && HubName.IsValid(op)
            && Or(who.Claims.Ask).Any(a => a.Device.Matches(target.Device.Id) && a.Op.Matches(op))
                ? target
                : null,
        IdentityKind.Device => null,
    };

    /// <summary>Who may ask an operation may take it back; which one it was, the request says.</summary>
    public static TargetAddress? MayCancel(Identity who, string to, string op) => MayAsk(who, to, op);

    /// <param name="who">Who wants to see.</param>
    /// <param name="of">A key, or a beginning with a star. What is wanted must be covered as a whole: a part of it would look like all there is.</param>
    public static bool MayWatch(Identity who, string of) => of.EndsWith('*')
        ? (of.Length == 1 || HubName.IsValidKey(of.AsSpan(0, of.Length - 1))) && Or(who.Claims.Watch).Any(p => p.Covers(of[..^1]))
        : HubName.IsValidKey(of) && Or(who.Claims.Watch).Any(p => p.Matches(of));

    /// <summary>Only devices say how they are, and only as themselves.</summary>
    public static DeviceAddress? MayReport(Identity who) => who.Device;

    /// <summary>A device says in its hello what it is called; that must be what its licence says.</summary>
    public static bool MayBe(Identity who, string device) => who.Device is { } own && own.Id == device;

    /// <summary><c>device:ID</c> or <c>device:ID/PART</c>, in the branch; null if it is neither.</summary>
    public static TargetAddress? Target(Branch branch, string to)
    {
        if (!to.StartsWith("device:", StringComparison.Ordinal))
        {
            return null;
        }

        var name = to["device:".Length..];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var (device, part) = slash < 0 ? (name, "") : (name[..slash], name[(slash + 1)..]);
        return HubName.IsValid(device) && (slash < 0 || HubName.IsValid(part)) ? new(new(branch, device), part) : null;
    }

    /// <summary>For messages: the device of a target, as it was written.</summary>
    public static string DeviceOf(string to) => Target(new("any"), to) is { Device.Id: var id } ? id : to;

    private static RoomAddress? Room(Identity who, string room, ImmutableArray<NamePattern> allowed) =>
        HubName.IsValid(room) && Or(allowed).Any(p => p.Matches(room)) ? new(who.Branch, room) : null;

    private static ImmutableArray<T> Or<T>(ImmutableArray<T> claims) => claims.IsDefault ? [] : claims;
}
