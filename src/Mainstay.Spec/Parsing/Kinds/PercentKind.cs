using System.Globalization;
using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A share of a hundred: <c>2%</c>, <c>0.5%</c>, or <c>2</c>.</summary>
internal sealed class PercentKind(string example) : ScalarKind<double>(ManifestCodes.BadPercent)
{
    public override string Expected => "a percentage from 0% to 100%";

    public override string Example => example;

    public override string Show(double value) => string.Create(CultureInfo.InvariantCulture, $"{value}%");

    protected override JsonObject TextSchema => new()
    {
        ["type"] = new JsonArray("string", "number"),
        ["minimum"] = 0,
        ["maximum"] = 100,
        ["pattern"] = @"^[0-9]+(\.[0-9]+)? ?%?$",
    };

    protected override bool TryParse(string text, out double value) =>
        double.TryParse(text.EndsWith('%') ? text[..^1].TrimEnd(' ') : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 100;
}

/// <summary>How many times as much: <c>2x</c>, <c>1.5x</c>. Without the x it could be taken for a time.</summary>
internal sealed class FactorKind(double least, double most, string example) : ScalarKind<double>(ManifestCodes.BadFactor)
{
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"a factor from {least}x to {most}x");

    public override string Example => example;

    public override string Show(double value) => string.Create(CultureInfo.InvariantCulture, $"{value}x");

    protected override JsonObject TextSchema => new() { ["type"] = "string", ["pattern"] = @"^[0-9]+(\.[0-9]+)?x$" };

    protected override bool TryParse(string text, out double value)
    {
        value = 0;
        return text.EndsWith('x')
            && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
            && value >= least
            && value <= most;
    }

    protected override string? Hint(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? $"write \"{text}x\", times the old release's"
            : DurationText.TryParse(text, out _) ? $"write a factor such as \"{example}\": the old release is what is compared with" : null;
}
