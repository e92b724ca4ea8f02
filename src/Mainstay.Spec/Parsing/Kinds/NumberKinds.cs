using System.Globalization;
using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

internal sealed class WholeNumberKind(int least, int most, string example) : ScalarKind<int>(ManifestCodes.BadNumber)
{
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");

    public override string Example => example;

    public override string Show(int value) => value.ToString(CultureInfo.InvariantCulture);

    protected override JsonObject TextSchema => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    protected override bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}

internal sealed class DecimalKind(double least, double most, string example) : ScalarKind<double>(ManifestCodes.BadNumber)
{
    public override string Expected => string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}");

    public override string Example => example;

    public override string Show(double value) => value.ToString(CultureInfo.InvariantCulture);

    protected override JsonObject TextSchema => new() { ["type"] = "number", ["minimum"] = least, ["maximum"] = most };

    protected override bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}
