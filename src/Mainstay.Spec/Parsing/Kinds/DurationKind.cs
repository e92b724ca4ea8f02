using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

internal sealed class DurationKind(TimeSpan shortest, TimeSpan longest, string example) : ScalarKind<TimeSpan>(ManifestCodes.BadDuration)
{
    public override string Expected =>
        $"a duration from {(shortest == TimeSpan.Zero ? "0" : DurationText.Format(shortest))} to {DurationText.Format(longest)}";

    public override string Example => example;

    public override string Show(TimeSpan value) => DurationText.Format(value);

    protected override JsonObject TextSchema => new()
    {
        ["type"] = new JsonArray("string", "integer"),
        ["pattern"] = @"^(0|([0-9]+(\.[0-9]+)?(us|ms|s|m|h|d))+)$",
    };

    protected override bool TryParse(string text, out TimeSpan value) =>
        DurationText.TryParse(text, out value) && value >= shortest && value <= longest;

    protected override string? Hint(string text) =>
        text.Length < 10 && text.All(char.IsAsciiDigit) ? $"write the unit too, for example \"{text}s\" or \"{text}ms\"" : null;
}
