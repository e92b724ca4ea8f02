using System.Globalization;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes.Guards;

/// <summary>So many in so much time.</summary>
internal readonly record struct LimitDraft(int Count, TimeSpan Per);

/// <summary><c>100/min</c>, <c>5/10s</c>.</summary>
internal sealed class LimitText() : ScalarKind<LimitDraft>(ManifestCodes.BadLimit)
{
    private const int MaxCount = 1_000_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"COUNT/TIME, COUNT from 0 to {MaxCount}, TIME one of s, min, h, d or a duration of at most a day");

    public override string Example => "100/min";

    public override string Show(LimitDraft value) => $"{value.Count}/{DurationText.Format(value.Per)}";

    protected override JsonObject TextSchema => new() { ["type"] = "string", ["pattern"] = @"^[0-9]{1,7}/(s|sec|min|m|h|hour|d|day|([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+)$" };

    protected override bool TryParse(string text, out LimitDraft value)
    {
        value = default;
        if (text.Split('/') is not [var count, var time] || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MaxCount)
        {
            return false;
        }

        var per = time switch
        {
            "s" or "sec" => TimeSpan.FromSeconds(1),
            "m" or "min" => TimeSpan.FromMinutes(1),
            "h" or "hour" => TimeSpan.FromHours(1),
            "d" or "day" => TimeSpan.FromDays(1),
            _ => DurationText.TryParse(time, out var duration) ? duration : TimeSpan.Zero,
        };
        value = new(number, per);
        return per > TimeSpan.Zero && per <= s_longest;
    }

    protected override string? Hint(string text) => text.All(char.IsAsciiDigit) && text.Length is > 0 and < 8 ? $"write the time too, for example \"{text}/min\"" : null;
}
