using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Parsing.Yaml;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

internal sealed class ExpectShape() : Shape<ExpectSpec>("expect")
{
    private static readonly Key<ImmutableArray<Item<StatusRange>>> s_status = new(
        "status", new ListKind<StatusRange>(new StatusKind(), "an HTTP status, a range, or a list of them", orOne: true),
        [.. ExpectSpec.Default.Status.Select(s => new Item<StatusRange>(s, SourceSpan.None))],
        "Which statuses pass: 200, 200-299, or a list of such.", "200-299");

    private static readonly Key<ImmutableSortedDictionary<string, string>> s_json = new(
        "json",
        new JsonExpectKind(),
        ExpectSpec.Default.Json,
        "Which values the answer's JSON must have; dots or maps lead deeper. \"degraded\" for a wanted \"status\" passes and is shown as degraded.");

    private static readonly Key<string> s_bodyContains = new("body_contains", new TextKind("text", "ok"), "", "Text that the answer's body must have in it.", "none")
    {
        AlsoKnownAs = ["body", "contains"],
    };

    public override ImmutableArray<Key> Keys { get; } = [s_status, s_json, s_bodyContains];

    protected override ExpectSpec Build(Fields fields) => new(
        fields.Read(s_status).Values(),
        fields.Read(s_json),
        fields.TryRead(s_bodyContains, out var text) ? text : null);
}

internal sealed class StatusKind() : ScalarKind<StatusRange>(ManifestCodes.BadStatus)
{
    public override string Expected => "an HTTP status such as 200, or a range such as 200-299";

    public override string Example => "200-299";

    public override string Show(StatusRange value) => value.From == value.To ? $"{value.From}" : $"{value.From}-{value.To}";

    protected override JsonObject TextSchema => new()
    {
        ["type"] = new JsonArray("integer", "string"),
        ["minimum"] = 100,
        ["maximum"] = 599,
        ["pattern"] = "^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$",
    };

    protected override bool TryParse(string text, out StatusRange value)
    {
        var ends = text.Split('-', 3);
        value = Status(ends[0]) is { } from && (ends.Length == 1 ? from : Status(ends[1])) is { } to && ends.Length <= 2 && from <= to
            ? new StatusRange(from, to)
            : default;
        return value.From > 0;
    }

    protected override string? Hint(string text) =>
        text.Length == 3 && text[0] is >= '1' and <= '5' && text[1..].All(c => c is 'x' or 'X') ? $"write \"{text[0]}00-{text[0]}99\"" : null;

    private static int? Status(string text) =>
        int.TryParse(text.Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? status : null;
}

/// <summary>Wanted values by path; a map within the map leads deeper, so <c>{ db: { ok: true } }</c> is <c>db.ok</c>.</summary>
internal sealed class JsonExpectKind : Kind<ImmutableSortedDictionary<string, string>>
{
    private static readonly TextKind s_value = new("a value without inner structure", "healthy", mayBeEmpty: true);

    public override string Expected => "a map of paths to wanted values";

    public override string Example => "{ status: healthy }";

    public override string Show(ImmutableSortedDictionary<string, string> value) => "none";

    public override JsonNode Schema(SchemaDefinitions definitions) => new JsonObject { ["type"] = "object" };

    public override bool TryRead(Node node, ReadContext context, [MaybeNullWhen(false)] out ImmutableSortedDictionary<string, string> value)
    {
        var wanted = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        value = wanted.ToImmutable();
        if (node is not MapNode map)
        {
            ReportWrongType(node, context);
            return false;
        }

        Gather(map, "", wanted, context);
        value = wanted.ToImmutable();
        return true;
    }

    private static void Gather(MapNode map, string under, ImmutableSortedDictionary<string, string>.Builder wanted, ReadContext context)
    {
        foreach (var entry in map.Entries)
        {
            var path = under.Length == 0 ? entry.Key : $"{under}.{entry.Key}";
            if (entry.Value is MapNode inner)
            {
                Gather(inner, path, wanted, context);
            }
            else if (s_value.TryRead(entry.Value, context, out var text))
            {
                wanted[path] = text;
            }
        }
    }
}
