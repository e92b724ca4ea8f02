using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>What a verified token says; or, without claims, why it is for something else.</summary>
internal sealed record ClaimsRead(Claims? Claims, string Fault);

/// <summary>
/// Reads from a verified token what its bearer may do: <c>role</c> (web, device, backend), <c>sub</c>, <c>branch</c> or <c>branches</c>, and <c>hub</c> with the lists <c>subscribe</c>, <c>publish</c>,
/// <c>watch</c> and <c>ask</c> (<c>DEVICE/OP</c>). A token that says it in any other way is for something else: what it may do is not guessed. The faults are constants but for a place in a list.
/// </summary>
internal static class HubClaims
{
    private const int MaxEntries = 200;
    private const string Names = "1 to 128 of A-Z a-z 0-9 . _ : -";

    public static ClaimsRead Read(Auth.Identity identity)
    {
        try
        {
            if (identity.Method is not AuthMethod.Jwt)
            {
                throw new FaultException("the hub takes tokens only");
            }

            var kind = Kind(identity);
            var subject = HubName.IsValid(identity.Subject) ? identity.Subject : throw new FaultException($"the token's sub must be a name: {Names}");
            var branches = Branches(identity);
            var hub = Object(identity, "hub");
            return new(new(kind, subject, branches, Patterns(hub, "subscribe"), Patterns(hub, "publish"), Patterns(hub, "watch"), Asks(hub)), "");
        }
        catch (FaultException fault)
        {
            return new(null, fault.Message);
        }
    }

    private static IdentityKind Kind(Auth.Identity identity) => identity.Claims.GetValueOrDefault("role") switch
    {
        "web" => IdentityKind.Web,
        "device" => IdentityKind.Device,
        "backend" => IdentityKind.Backend,
        _ => throw new FaultException("the token's role must be web, device or backend"),
    };

    /// <summary>A list of texts; of the two names one.</summary>
    private static ImmutableArray<Branch> Branches(Auth.Identity identity)
    {
        var (one, many) = (identity.Claims.GetValueOrDefault("branch"), identity.Claims.GetValueOrDefault("branches"));
        var names = (one, many) switch
        {
            ({ } name, null) => [name],
            (null, { } list) => (StrictJson.ReadObject(Encoding.UTF8.GetBytes($$"""{"list":{{Json(list)}}}"""))?.GetValueOrDefault("list") is { } element ? Texts(element) : null)
                ?? throw new FaultException($"the token's branches must be a list of at most {MaxEntries} names"),
            (null, null) => throw new FaultException("the token must have branch or branches"),
            _ => throw new FaultException("the token must have branch or branches, not both"),
        };
        return names.Length > 0 && names.All(n => HubName.IsValid(n))
            ? [.. names.Select(n => new Branch(n)).Distinct()]
            : throw new FaultException($"the token's branch must be a name: {Names}");
    }

    /// <summary>Claims that are text come as text; a text is no list.</summary>
    private static string Json(string claim) => claim.StartsWith('[') ? claim : "null";

    private static ImmutableDictionary<string, JsonElement> Object(Auth.Identity identity, string name) =>
        !identity.Claims.TryGetValue(name, out var json) ? ImmutableDictionary<string, JsonElement>.Empty
            : StrictJson.ReadObject(Encoding.UTF8.GetBytes(json)) ?? throw new FaultException($"the token's {name} must be an object");

    private static ImmutableArray<NamePattern> Patterns(ImmutableDictionary<string, JsonElement> hub, string name) =>
        [.. List(hub, name).Select((text, at) => NamePattern.Parse(text) ?? throw new FaultException($"the token's hub.{name}[{at}] must be a name, or a beginning with * behind it"))];

    private static ImmutableArray<AskClaim> Asks(ImmutableDictionary<string, JsonElement> hub) =>
        [.. List(hub, "ask").Select((text, at) => text.Split('/') is [var device, var op] && NamePattern.Parse(device) is { } d && NamePattern.Parse(op) is { } o
            ? new AskClaim(d, o)
            : throw new FaultException($"the token's hub.ask[{at}] must be DEVICE/OP, each a name or a beginning with * behind it"))];

    private static string[] List(ImmutableDictionary<string, JsonElement> hub, string name) => !hub.TryGetValue(name, out var list) ? []
        : Texts(list) ?? throw new FaultException($"the token's hub.{name} must be a list of at most {MaxEntries} texts");

    /// <summary>Null when it is not a list of texts, or too long.</summary>
    private static string[]? Texts(JsonElement list) =>
        list.ValueKind is JsonValueKind.Array && list.GetArrayLength() <= MaxEntries && list.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(e => e.GetString()!)]
            : null;

    /// <summary>Within the reading: the first fault ends it.</summary>
    private sealed class FaultException(string message) : Exception(message);
}
