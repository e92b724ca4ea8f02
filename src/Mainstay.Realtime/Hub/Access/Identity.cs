namespace Mainstay.Realtime.Hub.Access;

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

    /// <summary>Why there is none.</summary>
    public static string WhyNot(Claims claims, string? wanted)
    {
        var branches = string.Join(", ", (claims.Branches.IsDefault ? [] : claims.Branches).Take(5));
        return claims.Kind is IdentityKind.Device && claims.Branches is not [_] ? "a device's token is for one branch"
            : wanted is null ? $"the token is for several branches ({branches}): say which"
            : $"the token is not for the branch {(HubName.IsValid(wanted) ? wanted : "that was named")}, but for {branches}";
    }

    /// <summary>The device that this is; null for others.</summary>
    public DeviceAddress? Device => Kind is IdentityKind.Device ? new DeviceAddress(Branch, Claims.Subject) : null;
}
