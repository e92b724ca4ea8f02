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

/// <summary>A name, or all names with a beginning: <c>orders</c>, <c>orders.*</c>, <c>*</c>.</summary>
internal readonly record struct NamePattern
{
    private readonly string? _beginning;
    private readonly bool _whole;

    private NamePattern(string beginning, bool whole) => (_beginning, _whole) = (beginning, whole);

    /// <summary>Null if it is none: a star stands only at the end.</summary>
    public static NamePattern? Parse(string text)
    {
        var whole = !text.EndsWith('*');
        var beginning = whole ? text : text[..^1];
        return (beginning.Length == 0 && !whole) || HubName.IsValidKey(beginning) ? new(beginning, whole) : null;
    }

    /// <summary>A pattern that nobody has set matches nothing.</summary>
    public bool Matches(string name) => _beginning is not null && (_whole ? name == _beginning : name.StartsWith(_beginning, StringComparison.Ordinal));

    /// <summary>All names with the other's beginning are among these.</summary>
    public bool Covers(string beginning) => _beginning is not null && !_whole && beginning.StartsWith(_beginning, StringComparison.Ordinal);

    public override string ToString() => _whole ? _beginning ?? "" : $"{_beginning}*";
}

/// <summary>
/// Who speaks on a connection or in a call: claims in one branch. It can be made for a branch of its claims only, and every address is made by it, with its branch: a name that came in a message
/// cannot lead anywhere else.
/// </summary>
internal sealed record Identity
{
    private Identity(Claims claims, Branch branch) => (Claims, Branch) = (claims, branch);

    public Claims Claims { get; }

    public Branch Branch { get; }

    public IdentityKind Kind => Claims.Kind;

    /// <summary>What limits are counted by, and logs say.</summary>
    public string Name => $"{Claims.Kind}:{Claims.Subject}@{Branch}";

    /// <param name="claims">From a verified token.</param>
    /// <param name="wanted">The branch that the message or the call names; null: the only one.</param>
    /// <returns>Null when the claims do not have that branch, or have several and none was named. A device has one.</returns>
    public static Identity? In(Claims claims, string? wanted)
    {
        if (!HubName.IsValid(claims.Subject) || claims.Branches.IsDefaultOrEmpty || (claims.Kind is IdentityKind.Device && claims.Branches.Length != 1))
        {
            return null;
        }

        Branch? branch = wanted is null
            ? claims.Branches.Length == 1 ? claims.Branches[0] : null
            : claims.Branches.Contains(new(wanted)) ? new Branch(wanted) : null;
        return branch is { } b && HubName.IsValid(b.Name) ? new(claims, b) : null;
    }

    /// <summary>The device that this is; null for others.</summary>
    public DeviceAddress? Device => Kind is IdentityKind.Device ? new DeviceAddress(Branch, Claims.Subject) : null;
}
