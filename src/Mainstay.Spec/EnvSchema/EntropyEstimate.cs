namespace Mainstay.Spec.EnvSchema;

/// <summary>
/// How hard a value is to guess, in bits: an estimate from its own characters. Runs (aaaa, 1234), a repeated block and an uneven choice of
/// characters are taken off; words are not known to it.
/// </summary>
internal static class EntropyEstimate
{
    public static double Bits(string value)
    {
        var counted = WithoutRuns(value[..Period(value)]);
        if (counted.Length == 0)
        {
            return 0;
        }

        var most = Math.Log2(AlphabetOf(counted));
        var seen = ShannonPerCharacter(counted);

        // A short random text cannot show every character of its alphabet; what is even as far as it goes gets the full measure.
        var even = seen >= 0.85 * Math.Min(most, Math.Log2(counted.Length));
        return counted.Length * (even ? most : Math.Min(most, seen));
    }

    /// <summary>The length of the block of which the whole text is a repetition; the text's length when it is none.</summary>
    private static int Period(string value)
    {
        for (var period = 1; period <= value.Length / 2; period++)
        {
            if (value.AsSpan(period).SequenceEqual(value.AsSpan(0, value.Length - period)))
            {
                return period;
            }
        }

        return value.Length;
    }

    /// <summary>Drops each character that goes on in the same step (-1, 0 or 1) as the two before it.</summary>
    private static string WithoutRuns(string value) => string.Concat(value.Where((c, i) =>
        i < 2 || c - value[i - 1] is < -1 or > 1 || c - value[i - 1] != value[i - 1] - value[i - 2]));

    /// <summary>With the Miller-Madow correction, because short samples look less even than their source.</summary>
    private static double ShannonPerCharacter(string value)
    {
        var groups = value.GroupBy(c => c).Select(g => (double)g.Count() / value.Length).ToArray();
        return -groups.Sum(p => p * Math.Log2(p)) + ((groups.Length - 1) / (2 * Math.Log(2) * value.Length));
    }

    private static int AlphabetOf(string value) => value switch
    {
        _ when value.All(char.IsAsciiDigit) => 10,
        _ when value.All(char.IsAsciiHexDigitLower) || value.All(char.IsAsciiHexDigitUpper) => 16,
        _ => (value.Any(char.IsAsciiDigit) ? 10 : 0)
            + (value.Any(char.IsAsciiLetterLower) ? 26 : 0)
            + (value.Any(char.IsAsciiLetterUpper) ? 26 : 0)
            + (value.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 30 : 0),
    };
}
