using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mainstay.Realtime.Auth;

/// <summary>What signed URLs of a route are made and known by.</summary>
/// <param name="Route">The route's path, without a slash at its end; a ticket is for this route only.</param>
/// <param name="Key">Signs, and verifies.</param>
/// <param name="PreviousKey">Verifies only, while URLs of the time before a rotation are under way.</param>
public sealed record SignedUrlSettings(string Route, Secret Key, Secret? PreviousKey = null)
{
    /// <summary>The name under which a ticket stands in a query.</summary>
    public const string QueryName = "ticket";

    /// <summary>A ticket is for a handshake that begins within seconds; a longer life would only be of use to a thief.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromHours(1);

    /// <summary>Enough for a platform that takes its time and tries twice.</summary>
    public static readonly TimeSpan DefaultLife = TimeSpan.FromMinutes(2);
}

/// <summary>
/// Tickets in URLs: <c>v1.{expiry}.{tenant}.{call}.{mac}</c>, names in base64url, an absent one empty. The MAC is HMAC-SHA256 over the route and all that stands before it.
/// A ticket stands as the path's last segment after the route, or in the query.
/// </summary>
public static class SignedUrl
{
    private const string Version = "v1";
    private const int MaxLength = 2048;
    private const int MacLength = 32;

    /// <summary>A ticket that is good until then.</summary>
    /// <exception cref="ArgumentException">A name is none, or the life is too long.</exception>
    public static string MakeTicket(SignedUrlSettings settings, string? tenant, string? call, DateTimeOffset now, TimeSpan life)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(life, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(life, SignedUrlSettings.MaxLife);
        var body = $"{Version}.{(now + life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}.{Encode(tenant, nameof(tenant))}.{Encode(call, nameof(call))}";
        return $"{body}.{Base64UrlText.Encode(Mac(settings.Key, settings.Route, body))}";
    }

    /// <summary>The path of a URL with a new ticket in it; scheme and host are for the caller to put before it.</summary>
    public static string MakePath(SignedUrlSettings settings, string? tenant, string? call, DateTimeOffset now, TimeSpan life) =>
        $"{settings.Route}/{MakeTicket(settings, tenant, call, now, life)}";

    internal static AuthOutcome Check(SignedUrlSettings settings, Credentials credentials)
    {
        var tickets = Tickets(settings, credentials).Distinct(StringComparer.Ordinal).Take(2).ToArray();
        return tickets switch
        {
            [] => Refuse(Refusal.NoCredentials),
            [var ticket] => Verify(settings, ticket, credentials.Now),
            _ => Refuse(Refusal.SeveralTokens),
        };
    }

    private static AuthOutcome Verify(SignedUrlSettings settings, string ticket, DateTimeOffset now)
    {
        if (ticket.Length > MaxLength
            || ticket.Split('.') is not [Version, var expiry, var tenant, var call, var mac]
            || Base64UrlText.Decode(mac) is not { Length: MacLength } sent)
        {
            return Refuse(Refusal.TicketMalformed);
        }

        var body = ticket[..ticket.LastIndexOf('.')];
        var matches = CryptographicOperations.FixedTimeEquals(sent, Mac(settings.Key, settings.Route, body));
        if (settings.PreviousKey is { } previous)
        {
            matches |= CryptographicOperations.FixedTimeEquals(sent, Mac(previous, settings.Route, body));
        }

        if (!matches)
        {
            return Refuse(Refusal.TicketWrong);
        }

        // Signed by us, so it is well formed; what cannot be read was made by another version with the same key.
        if (!long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || !Decode(tenant, out var tenantName) || !Decode(call, out var callName))
        {
            return Refuse(Refusal.TicketMalformed);
        }

        // Our own clock made it: no tolerance is due.
        return now.ToUnixTimeSeconds() < seconds
            ? new AuthOutcome.Admitted(Identity.Of(AuthMethod.SignedUrl, callName ?? tenantName ?? "") with { Tenant = tenantName, Interaction = callName })
            : Refuse(Refusal.TicketExpired);
    }

    private static IEnumerable<string> Tickets(SignedUrlSettings settings, Credentials credentials)
    {
        var before = settings.Route + "/";
        if (credentials.Path.StartsWith(before, StringComparison.Ordinal) && credentials.Path.AsSpan(before.Length).StartsWith(Version + "."))
        {
            yield return credentials.Path[before.Length..];
        }

        foreach (var value in QueryText.Values(credentials.Query, SignedUrlSettings.QueryName))
        {
            yield return value;
        }
    }

    // Every part is base64url or digits, and dots divide: no two bodies give the same bytes.
    private static byte[] Mac(Secret key, string route, string body) =>
        HMACSHA256.HashData(key.Bytes, Encoding.ASCII.GetBytes($"mainstay.signed-url.{Base64UrlText.Encode(Encoding.UTF8.GetBytes(route))}.{body}"));

    private static string Encode(string? name, string parameter)
    {
        if (name is not null && !Identity.IsName(name))
        {
            throw new ArgumentException("a name is 1 to 256 characters without control characters", parameter);
        }

        return name is null ? "" : Base64UrlText.Encode(Encoding.UTF8.GetBytes(name));
    }

    private static bool Decode(string text, out string? name)
    {
        name = null;
        if (text.Length == 0)
        {
            return true;
        }

        if (Base64UrlText.Decode(text) is not { } bytes)
        {
            return false;
        }

        name = Encoding.UTF8.GetString(bytes);
        return Identity.IsName(name);
    }

    private static AuthOutcome.Refused Refuse(Refusal why) => new(why);
}
