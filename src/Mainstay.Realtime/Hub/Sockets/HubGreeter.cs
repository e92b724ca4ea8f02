using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Hub.Access;
using Mainstay.Realtime.Hub.Protocol;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>What becomes of a connection that has said <c>hello</c>.</summary>
internal abstract record Greeting
{
    /// <summary>It is let in.</summary>
    /// <param name="Device">What the device says of itself; null for others.</param>
    internal sealed record Welcome(Access.Identity Who, DeviceHello? Device, Entry Entry) : Greeting;

    /// <summary>It is closed.</summary>
    internal sealed record TurnedAway(HubClose Code, string Reason) : Greeting;
}

/// <summary>Decides whether a connection is who its <c>hello</c> says.</summary>
/// <param name="dialect">How the connection speaks: what a <c>hello</c> means is its to say.</param>
internal sealed class HubGreeter(HubEntry entrance, IHubDialect dialect, TimeProvider time)
{
    /// <summary>A close has room for so many bytes.</summary>
    private const int MaxReason = 123;

    /// <param name="handshake">What the request for the socket carried; a token in <c>hello</c> is looked at with it.</param>
    /// <param name="early">Who the handshake's own token admitted; null when it had none.</param>
    public async ValueTask<Greeting> GreetAsync(HubMessage.Hello hello, Credentials handshake, Entry? early, CancellationToken token)
    {
        var entry = hello.Token is { } shown ? await entrance.EnterAsync(HubEntry.With(handshake, shown, time.GetUtcNow()), token) : early;
        if (entry is null || entry.Refused is not null)
        {
            return new Greeting.TurnedAway(HubClose.Unauthorized, entry?.Refused?.Code ?? "no_credentials");
        }

        if (entry.Claims is null || Access.Identity.In(entry.Claims, hello.Branch) is not { } who)
        {
            return WrongToken(entry.Claims is null ? entry.Fault : Access.Identity.WhyNot(entry.Claims, hello.Branch));
        }

        if (dialect.Agree(hello, who) is not { } agreed)
        {
            return WrongToken("the token is for another role");
        }

        // A device is what its token says, and says so; nobody else is a device.
        return who.Kind is IdentityKind.Device != agreed.Device is not null || (agreed.Device is { } device && !AccessRules.MayBe(who, device.Id))
            ? WrongToken("the token is not for this device")
            : new Greeting.Welcome(who, agreed.Device, entry);
    }

    private static Greeting.TurnedAway WrongToken(string because) => new(HubClose.WrongToken, because.Length <= MaxReason ? because : because[..MaxReason]);
}
