using System.Buffers;
using System.Globalization;

namespace Mainstay.Spec.Parsing;

/// <summary>Sizes in bytes: KB, MB, GB, TB count in thousands; KiB, MiB, GiB, TiB in 1024s; B or nothing is bytes. Upper and lower case are the same.</summary>
public static class SizeText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("TiB", 1L << 40), ("TB", 1_000_000_000_000), ("GiB", 1L << 30), ("GB", 1_000_000_000),
        ("MiB", 1L << 20), ("MB", 1_000_000), ("KiB", 1L << 10), ("KB", 1_000), ("B", 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().IndexOfAnyExcept(s_digits) is var end and >= 0 ? text[..end] : text;
        var letters = text[digits.Length..].TrimStart(' ');
        var unit = letters.Length == 0 ? 1 : s_units.FirstOrDefault(u => u.Unit.Equals(letters, StringComparison.OrdinalIgnoreCase)).Bytes;
        if (unit == 0
            || digits.Length is 0 or > 18
            || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / (decimal)unit)
        {
            return false;
        }

        bytes = (long)(number * unit);
        return true;
    }

    /// <summary>The shortest text that reads back as the same size, for example <c>50MB</c>.</summary>
    public static string Format(long bytes)
    {
        var (unit, size) = s_units.Where(u => bytes > 0 && bytes % u.Bytes == 0).DefaultIfEmpty(("B", 1)).First();
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
    }
}
