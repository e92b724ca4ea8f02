using System.Collections.Immutable;
using Mainstay.Contracts.Rollouts;

namespace Mainstay.Rollout.Sources;

/// <summary>Puts together what changed between two releases of a service.</summary>
public static class SourceChanges
{
    private const int MostFiles = 500;
    private const int MostCommits = 100;
    private const int MostDependencies = 500;

    /// <param name="before">Null for the first release: then nothing is said of files and dependencies, for all of them are new.</param>
    /// <param name="environment">Names of variables that changed; see <see cref="EnvironmentChanges"/>.</param>
    public static SourceChange Between(
        string? fromId,
        string toId,
        SourceSnapshot? before,
        SourceSnapshot after,
        ImmutableArray<CommitLine> commits,
        ImmutableArray<string> environment,
        IEnumerable<string> overrides)
    {
        var files = before is null ? [] : after.FilesSince(before);
        var dependencies = before is null ? [] : after.DependenciesSince(before);
        ImmutableArray<string> named = dependencies.Length <= MostDependencies
            ? dependencies
            : [.. dependencies.Take(MostDependencies), $"{dependencies.Length - MostDependencies} more"];
        return new(
            fromId,
            toId,
            [.. commits.Take(MostCommits)],
            [.. files.Take(MostFiles)],
            Math.Max(0, files.Length - MostFiles),
            named,
            environment,
            [.. overrides]);
    }

    /// <summary>Names only, e.g. <c>API_URL added</c>: a value may be a secret, and the record goes into files and mails.</summary>
    public static ImmutableArray<string> EnvironmentChanges(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(n => (Name: n, Was: before.GetValueOrDefault(n), Is: after.GetValueOrDefault(n)))
            .Where(v => v.Was != v.Is)
            .Select(v => $"{v.Name} {(v.Was is null ? "added" : v.Is is null ? "removed" : "changed")}"),
    ];
}
