using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Mainstay.Realtime.Auth;
using Mainstay.Realtime.Auth.Jwt;
using Mainstay.Realtime.Hub.Access;

namespace Mainstay.Realtime.Hub.Sockets;

/// <summary>
/// Reads from a verified token what its bearer may do: <c>role</c> (web, device, backend), <c>sub</c>, <c>branch</c> or <c>branches</c>, and <c>hub</c> with the lists <c>subscribe</c>, <c>publish</c>,
/// <c>watch</c> and <c>ask</c> (<c>DEVICE/OP</c>). A token that says it in any other way is for something else.
/// </summary>
internal static class HubClaims
{
    private const int MaxEntries = 200;

    /// <summary>Null when the token is not for a hub.</summary>
    public static Claims? Read(Auth.Identity identity)
    {
        if (identity.Method is not AuthMethod.Jwt || Kind(identity) is not { } kind || !HubName.IsValid(identity.Subject) || Branches(identity) is not { } branches)
        {
            return null;
        }

        var hub = Object(identity, "hub");
        return Patterns(hub, "subscribe") is { } subscribe && Patterns(hub, "publish") is { } publish && Patterns(hub, "watch") is { } watch && Asks(hub) is { } ask
            ? new(kind, identity.Subject, branches, subscribe, publish, watch, ask)
            : null;
    }

    private static IdentityKind? Kind(Auth.Identity identity) => identity.Claims.GetValueOrDefault("role") switch
    {
        "web" => IdentityKind.Web,
        "device" => IdentityKind.Device,
        "backend" => IdentityKind.Backend,
        _ => null,
    };

    /// <summary>A list of texts; of the two names one.</summary>
    private static ImmutableArray<Branch>? Branches(Auth.Identity identity)
    {
        var (one, many) = (identity.Claims.GetValueOrDefault("branch"), identity.Claims.GetValueOrDefault("branches"));
        var names = (one, many) switch
        {
            ({ } name, null) => [name],
            (null, { } list) => StrictJson.ReadObject(Encoding.UTF8.GetBytes($$"""{"list":{{Json(list)}}}"""))?.GetValueOrDefault("list") is { } element ? Texts(element) : null,
            _ => null,
        };
        return names is { Length: > 0 and <= MaxEntries } found && found.All(n => HubName.IsValid(n)) ? [.. found.Select(n => new Branch(n)).Distinct()] : null;
    }

    /// <summary>Claims that are text come as text; a text is no list.</summary>
    private static string Json(string claim) => claim.StartsWith('[') ? claim : "null";

    private static ImmutableDictionary<string, JsonElement> Object(Auth.Identity identity, string name) =>
        identity.Claims.TryGetValue(name, out var json) && StrictJson.ReadObject(Encoding.UTF8.GetBytes(json)) is { } members ? members : ImmutableDictionary<string, JsonElement>.Empty;

    private static ImmutableArray<NamePattern>? Patterns(ImmutableDictionary<string, JsonElement> hub, string name)
    {
        if (!hub.TryGetValue(name, out var list))
        {
            return [];
        }

        var patterns = (Texts(list) ?? [""]).Select(NamePattern.Parse).ToArray();
        return Array.TrueForAll(patterns, p => p is not null) ? [.. patterns.Select(p => p!.Value)] : null;
    }

    private static ImmutableArray<AskClaim>? Asks(ImmutableDictionary<string, JsonElement> hub)
    {
        if (!hub.TryGetValue("ask", out var list))
        {
            return [];
        }

        var asks = ImmutableArray.CreateBuilder<AskClaim>();
        foreach (var text in Texts(list) ?? [""])
        {
            var parts = text.Split('/');
            if (parts.Length != 2 || NamePattern.Parse(parts[0]) is not { } device || NamePattern.Parse(parts[1]) is not { } op)
            {
                return null;
            }

            asks.Add(new(device, op));
        }

        return asks.ToImmutable();
    }

    /// <summary>Null when it is not a list of texts, or too long.</summary>
    private static string[]? Texts(JsonElement list) =>
        list.ValueKind is JsonValueKind.Array && list.GetArrayLength() <= MaxEntries && list.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(e => e.GetString()!)]
            : null;
}
