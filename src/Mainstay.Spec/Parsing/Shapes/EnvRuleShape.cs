using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mainstay.Spec.EnvSchema;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>The rules for one variable of a service's environment.</summary>
internal sealed class EnvRuleShape() : Shape<EnvRuleSpec>("env_rule")
{
    private static readonly WordKind<EnvType> s_types = new(
        ("string", EnvType.String), ("int", EnvType.Int), ("float", EnvType.Float), ("bool", EnvType.Bool), ("duration", EnvType.Duration), ("bytes", EnvType.Bytes),
        ("port", EnvType.Port), ("url", EnvType.Url), ("enum", EnvType.Enum), ("pem", EnvType.Pem), ("file", EnvType.File), ("secret", EnvType.Secret));

    private static readonly ParsedKind<string> s_condition = new(
        ManifestCodes.BadCondition, "NAME or NAME=value", "PUBSUB_ADAPTER=redis_streams",
        text => CommonKinds.IsVariableName(text.Split('=', 2)[0]) ? text : null);

    private static readonly ParsedKind<string> s_pattern = new(ManifestCodes.BadPattern, "a regular expression", "^[a-z]+$", text => IsPattern(text) ? text : null);

    private static readonly TextKind s_text = new("text", "info", mayBeEmpty: true);

    private static readonly Key<EnvType> s_type = new("type", s_types, EnvType.String, "What the value must be.");

    private static readonly Key<bool> s_required = new("required", CommonKinds.Truth, false, "The variable must be set, and not to an empty value.");

    private static readonly Key<string> s_requiredIf = Text("required_if", s_condition, "Required when another variable is set (NAME) or has a value (NAME=value).");

    private static readonly Key<string> s_requiredUnless = Text(
        "required_unless",
        s_condition,
        "Required unless another variable is set (NAME) or has a value (NAME=value).");

    private static readonly Key<string> s_default = Text("default", s_text, "Passed to the service when the variable is not set.");

    private static readonly Key<string> s_min = Text("min", s_text, "The least value, written as the type writes values.");

    private static readonly Key<string> s_max = Text("max", s_text, "The greatest value, written as the type writes values.");

    private static readonly Key<ImmutableArray<Item<string>>> s_schemes = List("schemes", "redis", "The schemes that a url may have.");

    private static readonly Key<ImmutableArray<Item<string>>> s_values = List("values", "memory", "The values that an enum may have.");

    private static readonly Key<string> s_patternKey = Text("pattern", s_pattern, "A regular expression that the value must match.");

    private static readonly Key<int> s_minLength = new("min_length", new WholeNumberKind(1, 65_536, "32"), 0, "The fewest characters.", "none");

    private static readonly Key<double> s_minEntropyBits = new(
        "min_entropy_bits",
        new DecimalKind(1, 100_000, "128"),
        0,
        "How hard to guess the value must be.",
        "none");

    private static readonly Key<bool> s_unique = new("unique", CommonKinds.Truth, false, "No other variable of the stack may have the same value.");

    private static readonly Key<ImmutableArray<Item<string>>> s_togetherWith = List("together_with", "TLS_KEY", "Variables that must be set whenever this one is.");

    private static readonly Key<string> s_warnIf = Text(
        "warn_if",
        s_text,
        "Warns when the variable has this value, or when this condition (NAME or NAME=value) holds.");

    private static readonly Key<string> s_description = Text("description", s_text, "What the variable is for; shown with every problem about it.");

    private static readonly Key<string> s_example = Text("example", s_text, "A value that would be accepted; shown with every problem about it.");

    public override ImmutableArray<Key> Keys { get; } =
    [
        s_type, s_required, s_requiredIf, s_requiredUnless, s_default, s_min, s_max, s_schemes, s_values, s_patternKey, s_minLength, s_minEntropyBits,
        s_unique, s_togetherWith, s_warnIf, s_description, s_example,
    ];

    protected override EnvRuleSpec Build(Fields fields)
    {
        var rule = new EnvRuleSpec(
            fields.Map.Step,
            fields.Read(s_type),
            fields.Read(s_required),
            TextOrNull(fields, s_requiredIf),
            TextOrNull(fields, s_requiredUnless),
            TextOrNull(fields, s_default),
            TextOrNull(fields, s_min),
            TextOrNull(fields, s_max),
            fields.Read(s_schemes).Values(),
            fields.Read(s_values).Values(),
            TextOrNull(fields, s_patternKey),
            fields.ReadOrNull(s_minLength),
            fields.ReadOrNull(s_minEntropyBits),
            fields.Read(s_unique),
            fields.Read(s_togetherWith).Values(),
            TextOrNull(fields, s_warnIf),
            TextOrNull(fields, s_description),
            TextOrNull(fields, s_example),
            fields.Span);
        Check(rule, fields);
        return rule;
    }

    private static void Check(EnvRuleSpec rule, Fields fields)
    {
        if (rule.Type is EnvType.Enum && !fields.Has(s_values))
        {
            fields.Report(ManifestCodes.MissingKey, s_type, "it is an enum without values", "add for example \"values: [ memory, redis ]\"");
        }

        OnlyFor(fields, rule, s_values, EnvType.Enum);
        OnlyFor(fields, rule, s_schemes, EnvType.Url);
        CheckBound(fields, rule, s_min, rule.Min);
        CheckBound(fields, rule, s_max, rule.Max);
        if (Amount(rule.Type, rule.Min) > Amount(rule.Type, rule.Max))
        {
            fields.Report(ManifestCodes.ValuesDisagree, s_max, "min is greater than max", "let min be at most max");
        }

        if (rule is { Required: true, Default: not null })
        {
            fields.Report(ManifestCodes.ValuesDisagree, s_default, "it is required, but has a default for when it is not set", "remove \"required\" or \"default\"");
        }
    }

    private static void OnlyFor(Fields fields, EnvRuleSpec rule, Key key, EnvType type)
    {
        if (fields.Has(key) && rule.Type != type)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                key,
                $"\"{key.Name}\" is only for type {s_types.Show(type)}, but the type is {s_types.Show(rule.Type)}",
                $"write \"type: {s_types.Show(type)}\", or remove \"{key.Name}\"");
        }
    }

    private static void CheckBound(Fields fields, EnvRuleSpec rule, Key<string> key, string? written)
    {
        if (written is null)
        {
            return;
        }

        if (rule.Type is not (EnvType.Int or EnvType.Float or EnvType.Duration or EnvType.Bytes or EnvType.Port))
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                key,
                $"\"{key.Name}\" is only for int, float, duration, bytes and port, but the type is {s_types.Show(rule.Type)}",
                $"remove \"{key.Name}\", or correct the type");
        }
        else if (Amount(rule.Type, written) is null)
        {
            fields.Report(
                ManifestCodes.ValuesDisagree,
                key,
                $"\"{key.Name}\" cannot be read as {s_types.Show(rule.Type)}",
                $"write \"{key.Name}\" as a value of the type {s_types.Show(rule.Type)}");
        }
    }

    private static decimal? Amount(EnvType type, string? written) => type switch
    {
        EnvType.Int or EnvType.Port => Measures.Integer(written ?? ""),
        EnvType.Float => Measures.Number(written ?? ""),
        EnvType.Duration => Measures.Duration(written ?? ""),
        EnvType.Bytes => Measures.Size(written ?? ""),
        EnvType.String or EnvType.Bool or EnvType.Url or EnvType.Enum or EnvType.Pem or EnvType.File or EnvType.Secret => null,
    };

    private static bool IsPattern(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant);
            return true;
        }
        catch (ArgumentException)
        {
            // The framework has no way to ask without an exception.
            return false;
        }
    }

    private static Key<string> Text(string name, Kind<string> kind, string meaning) => new(name, kind, "", meaning, "none");

    private static Key<ImmutableArray<Item<string>>> List(string name, string example, string meaning) =>
        new(name, CommonKinds.Texts("a list of text", example, orOne: true), [], meaning);

    private static string? TextOrNull(Fields fields, Key<string> key) => fields.TryRead(key, out var text) ? text : null;
}
