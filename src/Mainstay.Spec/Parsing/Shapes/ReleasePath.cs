using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>A path within a release: relative to its root, and never out of it.</summary>
internal static class ReleasePath
{
    public static ParsedKind<string> Kind(string example) => new(ManifestCodes.BadReleasePath, Expected, example, Normal, Hint);

    public const string Expected = "a path within the release, relative to its root";

    /// <returns>Without <c>.</c> and doubled slashes, <c>.</c> for the root itself; null for what is not within a release.</returns>
    public static string? Normal(string path)
    {
        var steps = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").ToArray();
        return path.Length == 0 || path[0] is '/' or '~' || path.Contains('\0', StringComparison.Ordinal) || steps.Contains("..")
            ? null
            : steps is [] ? "." : string.Join('/', steps);
    }

    public static string? Hint(string path) => path switch
    {
        ['/' or '~', ..] => "write it relative to the release's root, without the folder in which the source lies now",
        _ when path.Split('/').Contains("..") => "name something within the release; what lies outside of it is not part of it",
        _ => null,
    };
}
