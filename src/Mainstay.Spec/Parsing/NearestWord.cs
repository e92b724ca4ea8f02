namespace Mainstay.Spec.Parsing;

/// <summary>Which of the known words was probably meant.</summary>
public static class NearestWord
{
    private const int LongestWord = 64;

    /// <returns>The nearest word, when it is near enough that suggesting it helps; otherwise null.</returns>
    public static string? To(string written, IEnumerable<string> known)
    {
        if (written.Length is 0 or > LongestWord)
        {
            return null;
        }

        var nearest = known.MinBy(word => Distance(written, word));
        return nearest is not null && Distance(written, nearest) <= Math.Max(1, Math.Max(written.Length, nearest.Length) / 3) ? nearest : null;
    }

    /// <summary>Edits from one word to the other, where swapping two neighbours is one edit (optimal string alignment).</summary>
    internal static int Distance(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Cheapest(i, j);
            }
        }

        return rows[a.Length, b.Length];

        int Cheapest(int i, int j)
        {
            var same = a[i - 1] == b[j - 1] ? 0 : 1;
            var edit = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + same);
            var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            return swapped ? Math.Min(edit, rows[i - 2, j - 2] + 1) : edit;
        }
    }
}
