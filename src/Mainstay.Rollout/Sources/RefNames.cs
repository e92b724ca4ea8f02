using System.Collections.Immutable;

namespace Mainstay.Rollout.Sources;

/// <summary>What a misspelled ref may have meant.</summary>
internal static class RefNames
{
    private const int Offered = 5;

    private static readonly string[] s_prefixes = ["refs/heads/", "refs/tags/", "refs/remotes/"];

    /// <param name="lines">Full names, e.g. <c>refs/heads/main</c>; other lines are passed over.</param>
    public static SourceFinding Missing(string repository, string wanted, IEnumerable<string> lines)
    {
        ImmutableArray<string> names = [.. lines.Select(Short).OfType<string>().Distinct()];
        var shown = GitFault.Shown(repository);
        if (names.IsEmpty)
        {
            return SourceFinding.Error($"{shown} has no branch, no tag and so no \"{wanted}\"", "commit something and push it first");
        }

        var nearest = names.OrderBy(n => Distance(n, wanted)).ThenBy(n => n, StringComparer.Ordinal).Take(Offered).ToImmutableArray();
        return SourceFinding.Error($"{shown} has no branch, tag or commit \"{wanted}\"", $"set source.ref to one that exists, e.g. {string.Join(", ", nearest)}", nearest);
    }

    private static string? Short(string name) => s_prefixes
        .Where(p => name.StartsWith(p, StringComparison.Ordinal) && !name.EndsWith("/HEAD", StringComparison.Ordinal) && !name.EndsWith("^{}", StringComparison.Ordinal))
        .Select(p => name[p.Length..])
        .FirstOrDefault();

    // Levenshtein; a name that holds the wanted one is near whatever its length.
    private static int Distance(string a, string b)
    {
        if (a.Contains(b, StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
