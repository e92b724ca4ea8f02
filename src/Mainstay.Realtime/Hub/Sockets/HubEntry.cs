using System.Collections.Immutable;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>What came of showing a token: claims and when they end, or a refusal.</summary>
internal sealed record Entry(Claims? Claims, DateTimeOffset? ValidUntil, AuthOutcome.Refused? Refused)
{
    /// <summary>What it was instead of a token.</summary>
    public Licence? Licence { get; init; }

    /// <summary>Why a good token is not one for this: it has no claims that could be read.</summary>
    public string Fault { get; init; } = "";

    /// <summary>A good token of somebody at a browser, also when it came from no page that may show it.</summary>
    public bool IsOfPage { get; init; }
}

/// <summary>Who comes to the hub, by socket or by HTTP: the token by the auth gate, and for people at browsers an origin from the list beside it.</summary>
/// <param name="licences">Of devices without tokens; null: there are none.</param>
internal sealed class HubEntry(AuthGate gate, AuthPolicy policy, LicenceFile? licences)
{
    public async ValueTask<Entry> EnterAsync(Credentials credentials, CancellationToken token)
    {
        // A token has dots between its parts; a licence's key has none.
        if (licences is not null && credentials.Authorization.Length <= 1 && TokenSources.Find(credentials, queryAllowed: false).Token is { } key && !key.Contains('.', StringComparison.Ordinal))
        {
            return ByLicence(licences, key, credentials);
        }

        var outcome = await gate.CheckAsync(credentials, token);
        if (outcome is not AuthOutcome.Admitted(var identity))
        {
            return new(null, null, (AuthOutcome.Refused)outcome);
        }

        var (claims, fault) = HubClaims.Read(identity);

        // A browser sends its token from any page that has got hold of it; a list of origins that is empty admits none.
        if (claims?.Kind is IdentityKind.Web && !(credentials.Origin is [var origin] && policy.Origins.Allowed.Contains(origin, StringComparer.Ordinal)))
        {
            return new(null, null, new(credentials.Origin.IsEmpty ? Refusal.OriginMissing : Refusal.OriginRefused)) { IsOfPage = true };
        }

        return new(claims, identity.ValidUntil, null) { Fault = fault };
    }

    /// <summary>What the policy asks of everybody is asked of these devices as well.</summary>
    private Entry ByLicence(LicenceFile known, string key, Credentials credentials)
    {
        Refusal? why = policy.OnlyFrom is { } only && !only.Contains(credentials.Peer) ? Refusal.AddressNotListed : policy.Origins.Check(credentials, ambient: false);
        var licence = why is null ? known.Find(key) : null;

        // It allows to be the device that it is for, and nothing else.
        return licence is { Device: var device } ? new(new(IdentityKind.Device, device.Id, [device.Branch], [], [], [], []), null, null) { Licence = licence } : new(null, null, new(why ?? Refusal.TokenMalformed, "Bearer error=\"invalid_token\""));
    }

    /// <summary>A page that is not in the list is turned away before it can show a token; null: it may go on.</summary>
    public AuthOutcome.Refused? ForeignPage(Credentials handshake) => policy.Origins.Check(handshake, ambient: false) is { } why ? new(why) : null;

    /// <summary>The handshake itself has no token: it is to come in <c>hello</c>.</summary>
    public bool HasToken(Credentials credentials) => TokenSources.Find(credentials, policy.Jwt?.Rules.QueryAllowed ?? false) is not (null, Refusal.NoCredentials);

    /// <summary>The same handshake with the token of its <c>hello</c>.</summary>
    public static Credentials With(Credentials handshake, string token, DateTimeOffset now) => handshake with { Authorization = ImmutableArray.Create("Bearer " + token), Now = now };
}
