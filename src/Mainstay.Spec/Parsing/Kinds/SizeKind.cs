using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

internal sealed class SizeKind(long least, long most, string example) : ScalarKind<long>(ManifestCodes.BadSize)
{
    public override string Expected => $"a size from {SizeText.Format(least)} to {SizeText.Format(most)}";

    public override string Example => example;

    public override string Show(long value) => SizeText.Format(value);

    protected override JsonObject TextSchema => new()
    {
        ["type"] = new JsonArray("string", "integer"),
        ["pattern"] = @"^[0-9]+(\.[0-9]+)? *([kKmMgGtT][iI]?)?[bB]?$",
    };

    protected override bool TryParse(string text, out long value) => SizeText.TryParse(text, out value) && value >= least && value <= most;

    protected override string? Hint(string text)
    {
        var unit = text.Length is > 1 and < 10 ? char.ToUpperInvariant(text[^1]) : ' ';
        return unit is 'K' or 'M' or 'G' or 'T' && text[..^1].All(char.IsAsciiDigit)
            ? $"write \"{text[..^1]}{unit}B\" (thousands) or \"{text[..^1]}{unit}iB\" (1024s)"
            : null;
    }
}
