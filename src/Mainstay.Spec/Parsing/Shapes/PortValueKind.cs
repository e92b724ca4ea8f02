using System.Globalization;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class PortValueKind() : ScalarKind<PortSpec>(ManifestCodes.BadPort)
{
    public override string Expected => "auto, inherit, or a port from 1 to 65535";

    public override string Example => "auto";

    public override string Show(PortSpec value) => value.Kind is PortKind.Fixed
        ? value.Number.ToString(CultureInfo.InvariantCulture)
        : value.Kind.ToString().ToLowerInvariant();

    protected override JsonObject TextSchema => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray("auto", "inherit") },
            new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 65535 }),
    };

    protected override bool TryParse(string text, out PortSpec value)
    {
        value = text switch
        {
            "auto" => new PortSpec(PortKind.Auto),
            "inherit" => new PortSpec(PortKind.Inherit),
            _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535 => new PortSpec(PortKind.Fixed, number),
            _ => default,
        };
        return value.Kind is not PortKind.None;
    }

    protected override string? Hint(string text) => text.Contains(':', StringComparison.Ordinal)
        ? "write only the port that the service itself listens on; the edge's addresses are under edge.listen"
        : NearestWord.To(text, ["auto", "inherit"]) is { } nearest ? $"write \"{nearest}\"" : null;
}
