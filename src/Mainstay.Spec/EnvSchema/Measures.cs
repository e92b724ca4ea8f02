using System.Globalization;
using Mainstay.Spec.Parsing;

namespace Mainstay.Spec.EnvSchema;

/// <summary>Numbers as environments write them, in a form in which values and limits compare. Null where the text is none.</summary>
internal static class Measures
{
    /// <summary>Whole digits only, within 64 bits: no blanks, no thousands separators, no exponent.</summary>
    public static decimal? Integer(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static decimal? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
        && Math.Abs(value) < 1e27
            ? (decimal)value
            : null;

    /// <summary>Ticks.</summary>
    public static decimal? Duration(string text) => DurationText.TryParse(text, out var duration) ? duration.Ticks : null;

    /// <summary>Bytes.</summary>
    public static decimal? Size(string text) => SizeText.TryParse(text, out var bytes) ? bytes : null;
}
