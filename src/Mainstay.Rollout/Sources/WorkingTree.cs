using System.Collections.Immutable;

namespace Mainstay.Rollout.Sources;

/// <summary>What <c>git status --porcelain=v2 --branch</c> tells of a working tree.</summary>
/// <param name="Head">The branch that is checked out; null when detached.</param>
/// <param name="Changed">Each with two status letters as in the short format, e.g. <c> M app.js</c>, <c>?? notes.txt</c>.</param>
/// <param name="Unmerged">Paths with conflicts.</param>
internal sealed record WorkingTree(string? Head, ImmutableArray<string> Changed, ImmutableArray<string> Unmerged)
{
    /// <summary>Submodules are not entered: each has a configuration of its own, and with it clean filters that a status would run. One that stands at another commit is still told.</summary>
    public static ImmutableArray<string> Question { get; } = ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--ignore-submodules=dirty"];

    /// <summary>Lines of any other form are git's warnings and are passed over.</summary>
    public static WorkingTree Parse(IEnumerable<string> lines)
    {
        string? head = null;
        var (changed, unmerged) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        foreach (var line in lines)
        {
            if (line.StartsWith("# branch.head ", StringComparison.Ordinal))
            {
                head = line[14..] is var name && name != "(detached)" ? name : null;
            }
            else if (line.StartsWith("? ", StringComparison.Ordinal))
            {
                changed.Add($"?? {line[2..]}");
            }
            else if (line.StartsWith("1 ", StringComparison.Ordinal) && Field(line, 8) is { } path)
            {
                changed.Add($"{Letters(line)} {path}");
            }
            else if (line.StartsWith("2 ", StringComparison.Ordinal) && Field(line, 9) is { } renamed)
            {
                // The new path, a tab, the old one.
                changed.Add($"{Letters(line)} {renamed.Replace("\t", " (was ", StringComparison.Ordinal)})");
            }
            else if (line.StartsWith("u ", StringComparison.Ordinal) && Field(line, 10) is { } conflict)
            {
                unmerged.Add(conflict);
            }
        }

        return new(head, changed.ToImmutable(), unmerged.ToImmutable());
    }

    // Unchanged is a dot here and a blank in the form that people know.
    private static string Letters(string line) => line[2..4].Replace('.', ' ');

    private static string? Field(string line, int index) => line.Split(' ', index + 1) is { } fields && fields.Length == index + 1 ? fields[index] : null;
}
