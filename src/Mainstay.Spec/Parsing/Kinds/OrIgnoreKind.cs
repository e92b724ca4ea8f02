using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Parsing.Kinds;

/// <summary>A limit, or the word <c>ignore</c> (null) for none: where a limit is the default, leaving the key out cannot say that there is none.</summary>
internal sealed class OrIgnoreKind<T>(Kind<T> limit) : Kind<T?>
    where T : struct
{
    public const string Ignore = "ignore";

    public override string Expected => $"{limit.Expected}, or {Ignore}";

    public override string Example => limit.Example;

    public override string Show(T? value) => value is { } some ? limit.Show(some) : Ignore;

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        new JsonObject { ["anyOf"] = new JsonArray(limit.Schema(definitions), new JsonObject { ["const"] = Ignore }) };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out T? value)
    {
        value = null;
        if (node is ScalarNode { Text: Ignore })
        {
            return true;
        }

        if (!limit.TryRead(node, context, out var read))
        {
            return false;
        }

        value = read;
        return true;
    }
}
