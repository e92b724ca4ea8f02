using System.Collections.Immutable;

namespace Mainstay.Realtime.Auth;

/// <summary>Who a connection was proven to be, and what it is bound to.</summary>
/// <param name="Method">How it was proven.</param>
/// <param name="Subject">The token's subject, the user of Basic, the address; empty if the credential names nobody.</param>
/// <param name="Tenant">The only tenant it may speak for; null: it is bound to none.</param>
/// <param name="Interaction">The only interaction it may start; null: it is bound to none.</param>
/// <param name="Claims">All claims of a token as text; what is not a string as its JSON.</param>
/// <param name="ValidUntil">When the connection must be closed, with the clock's tolerance included; null: it has no end of its own.</param>
public sealed record Identity(AuthMethod Method, string Subject, string? Tenant, string? Interaction, ImmutableSortedDictionary<string, string> Claims, DateTimeOffset? ValidUntil)
{
    /// <summary>Longer names are no names, and would be a load for logs and keys.</summary>
    public const int MaxNameLength = 256;

    public static Identity Of(AuthMethod method, string subject) => new(method, subject, null, null, ImmutableSortedDictionary<string, string>.Empty, null);

    /// <summary>Whether a text can be a subject, tenant or interaction: not empty, bounded, and without characters that would forge a log line.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= MaxNameLength && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029');
}
