using System.Text.RegularExpressions;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal static partial class UserKind
{
    public static TextKind Kind { get; } = new(
        "a user name or a user id", "app", ManifestCodes.BadUser, Pattern(),
        hint: text => text.Contains(':', StringComparison.Ordinal) ? "write only the user; the group is the user's own" : null);

    [GeneratedRegex(@"^([A-Za-z_][A-Za-z0-9_.-]{0,30}\$?|[0-9]{1,9})$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
