using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mainstay.Spec.Parsing;

/// <summary>Durations as compose writes them: <c>250ms</c>, <c>1m30s</c>, <c>1.5h</c>; units us, ms, s, m, h, d. Only zero may stand without a unit.</summary>
public static class DurationText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(36_500);

    private static readonly (string Unit, long Ticks)[] s_units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond), ("us", TimeSpan.TicksPerMicrosecond),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var ticks = 0m;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (!TakeNumber(ref rest, out var number) || !TakeUnit(ref rest, out var unit) || number > s_longest.Ticks / (decimal)unit)
            {
                return false;
            }

            ticks += number * unit;
        }

        if (text.Length == 0 || ticks > s_longest.Ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)ticks);
        return true;
    }

    /// <summary>The shortest text that reads back as the same duration, for example <c>1m30s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var text = new StringBuilder();
        var ticks = duration.Ticks;
        foreach (var (unit, size) in s_units)
        {
            if (ticks / size is var count and > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                ticks %= size;
            }
        }

        return text.ToString();
    }

    private static bool TakeNumber(ref ReadOnlySpan<char> rest, out decimal number)
    {
        var length = rest.IndexOfAnyExcept(s_digits);
        var digits = length < 0 ? rest : rest[..length];
        rest = rest[digits.Length..];
        number = 0;

        // More digits than a decimal holds would be rounded without a word.
        return digits.Length is > 0 and <= 18 && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TakeUnit(ref ReadOnlySpan<char> rest, out long ticks)
    {
        var length = rest.IndexOfAny(s_digits);
        var letters = (length < 0 ? rest : rest[..length]).ToString();
        rest = rest[letters.Length..];
        ticks = s_units.FirstOrDefault(u => u.Unit == letters || (letters == "µs" && u.Unit == "us")).Ticks;
        return ticks > 0;
    }
}
