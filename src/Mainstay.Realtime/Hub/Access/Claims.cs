using System.Collections.Immutable;

namespace Mainstay.Realtime.Hub.Access;

internal enum IdentityKind
{
    /// <summary>Somebody at a browser, by a web token and an allowed origin.</summary>
    Web,

    /// <summary>A device, by its licence.</summary>
    Device,

    /// <summary>An application behind the hub, by a token of its own.</summary>
    Backend,
}

/// <summary>What a token allows, as whoever verified it read it from there. A list that is left out is empty, and allows nothing.</summary>
/// <param name="Kind">By which kind of token.</param>
/// <param name="Subject">Who: the token's <c>sub</c>, or the device's id.</param>
/// <param name="Branches">Where. Every one by its name: there is no word for all.</param>
/// <param name="Subscribe">Rooms that may be subscribed.</param>
/// <param name="Publish">Rooms that may be published in.</param>
/// <param name="Watch">Status keys that may be seen.</param>
/// <param name="Ask">What may be asked of which devices.</param>
internal sealed record Claims(
    IdentityKind Kind,
    string Subject,
    ImmutableArray<Branch> Branches,
    ImmutableArray<NamePattern> Subscribe,
    ImmutableArray<NamePattern> Publish,
    ImmutableArray<NamePattern> Watch,
    ImmutableArray<AskClaim> Ask);

/// <summary>One thing that may be asked: an operation of a device, of all its parts.</summary>
/// <param name="Device">Which devices of the branch.</param>
/// <param name="Op">Which operations; the hub's own, with <c>$</c>, are never among them.</param>
internal readonly record struct AskClaim(NamePattern Device, NamePattern Op);
