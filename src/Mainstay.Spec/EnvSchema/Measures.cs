using System.Globalization;
using System.Text.RegularExpressions;

namespace Mainstay.Spec.EnvSchema;

/// <summary>Numbers with units, as environments write them. Null where the text is none.</summary>
internal static partial class Measures
{
    /// <summary>Whole digits only, within 64 bits: no blanks, no thousands separators, no exponent.</summary>
    public static decimal? Integer(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static decimal? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
        && Math.Abs(value) < 1e27
            ? (decimal)value
            : null;

    /// <summary>Milliseconds of <c>500ms</c>, <c>1h30m</c>, <c>1.5s</c>, <c>7d</c>. A bare number has no unit and is none, but for 0.</summary>
    public static decimal? Duration(string text)
    {
        if (text == "0")
        {
            return 0;
        }

        var match = DurationForm().Match(text);
        if (!match.Success || text.Length > 40)
        {
            return null;
        }

        decimal total = 0;
        var (numbers, units) = (match.Groups["n"].Captures, match.Groups["u"].Captures);
        for (var i = 0; i < numbers.Count; i++)
        {
            if (Amount(numbers[i].ValueSpan) is not { } amount)
            {
                return null;
            }

            total += amount * units[i].Value switch
            {
                "us" => 0.001m,
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                _ => 86_400_000,
            };
        }

        return total;
    }

    /// <summary>Bytes of <c>500MB</c> (decimal), <c>64MiB</c> (binary), <c>512k</c>, <c>1024</c>.</summary>
    public static decimal? Size(string text)
    {
        var match = SizeForm().Match(text);
        return match.Success && text.Length <= 40 && Amount(match.Groups["n"].ValueSpan) is { } amount
            ? amount * match.Groups["u"].Value.ToUpperInvariant() switch
            {
                "" or "B" => 1,
                "K" or "KB" => 1_000,
                "KIB" => 1L << 10,
                "M" or "MB" => 1_000_000,
                "MIB" => 1L << 20,
                "G" or "GB" => 1_000_000_000,
                "GIB" => 1L << 30,
                "T" or "TB" => 1_000_000_000_000,
                _ => 1L << 40,
            }
            : null;
    }

    private static decimal? Amount(ReadOnlySpan<char> digits) =>
        digits.Length <= 15 && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"\A(?:(?<n>[0-9]+(?:\.[0-9]+)?)(?<u>us|ms|s|m|h|d))+\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex DurationForm();

    [GeneratedRegex(@"\A(?<n>[0-9]+(?:\.[0-9]+)?) ?(?<u>[kmgt]?b?|[kmgt]ib)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SizeForm();
}
