using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>A wish to wait; no condition means: as healthy as the other one can say.</summary>
internal sealed record DependencyDraft(string On, DependencyCondition? Condition, SourceSpan Span);

/// <summary>A list of names, or a map of names to conditions.</summary>
internal sealed class DependsOnKind : Kind<ImmutableArray<DependencyDraft>>
{
    private static readonly ListKind<string> s_names = new(CommonKinds.Name, "a list of names", orOne: true);

    private static readonly MapKind<DependencyCondition> s_conditions = new(
        new WordKind<DependencyCondition>(
            ("healthy", DependencyCondition.Healthy), ("started", DependencyCondition.Started), ("completed", DependencyCondition.Completed)),
        CommonKinds.NameRule, "a map of names to conditions", "{ db: healthy }");

    public override string Expected => "a list of names, or a map of names to healthy, started or completed";

    public override string Example => "[ db ]";

    public override string Show(ImmutableArray<DependencyDraft> value) => "none";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        new JsonObject { ["anyOf"] = new JsonArray(s_names.Schema(definitions), s_conditions.Schema(definitions)) };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out ImmutableArray<DependencyDraft> value)
    {
        value = [];
        switch (node)
        {
            case MapNode when s_conditions.TryRead(node, context, out var conditions):
                value = [.. conditions.Select(c => new DependencyDraft(c.Name, c.Value, c.Span))];
                return true;

            case ListNode or ScalarNode { IsNothing: false } when s_names.TryRead(node, context, out var names):
                value = [.. names.Select(n => new DependencyDraft(n.Value, null, n.Span))];
                return true;

            default:
                ReportWrongType(node, context);
                return false;
        }
    }
}
