using System.Text.Json.Nodes;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Kinds;

internal sealed class TruthKind() : ScalarKind<bool>(ManifestCodes.BadChoice)
{
    public override string Expected => "true or false";

    public override string Example => "true";

    public override string Show(bool value) => value ? "true" : "false";

    protected override JsonObject TextSchema => new() { ["type"] = "boolean" };

    protected override bool TryParse(string text, out bool value)
    {
        value = text is "true" or "True" or "TRUE";
        return value || text is "false" or "False" or "FALSE";
    }

    // YAML 1.1 read these as truth values, and some editors still teach them.
    protected override string? Hint(string text) => text.ToUpperInvariant() switch
    {
        "YES" or "ON" or "Y" or "1" => "write \"true\"",
        "NO" or "OFF" or "N" or "0" => "write \"false\"",
        _ => null,
    };
}
